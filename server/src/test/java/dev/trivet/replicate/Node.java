package dev.trivet.replicate;

import dev.trivet.peer.Member;
import dev.trivet.peer.PeerChannels;
import dev.trivet.peer.PeerNetwork;
import dev.trivet.peer.PeerServer;
import dev.trivet.peer.PeerTrust;
import dev.trivet.state.Applied;
import dev.trivet.state.StateMachine;
import dev.trivet.store.Store;
import dev.trivet.store.StoreOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** A replica with its own store, peer port and channels, as a node would wire it. */
final class Node implements AutoCloseable {
  static final String CLUSTER = "00000000000000c1";

  final Replica replica;
  final Store store;
  final ConcurrentLinkedQueue<Long> appliedIndexes = new ConcurrentLinkedQueue<>();
  final AtomicInteger restored = new AtomicInteger();
  final ConcurrentLinkedQueue<Throwable> fatal = new ConcurrentLinkedQueue<>();
  final Door door = new Door();
  final Member self;
  private final PeerChannels channels;
  private final PeerServer server;

  /** Starts a founder, or a node that joins when there are no voters. */
  Node(Path directory, Member self, List<Member> voters, ReplicaPace pace) throws IOException {
    this(directory, self, voters, pace, Duration.ofMillis(900));
  }

  Node(Path directory, Member self, List<Member> voters, ReplicaPace pace, Duration electionMax)
      throws IOException {
    this(directory, self, voters, pace, electionMax, "127.0.0.1");
  }

  /**
   * @param bindHost where its ports are, whatever address the others know
   */
  Node(
      Path directory,
      Member self,
      List<Member> voters,
      ReplicaPace pace,
      Duration electionMax,
      String bindHost)
      throws IOException {
    this(directory, self, voters, pace, electionMax, bindHost, network -> network);
  }

  /**
   * @param between what stands between the node and its channels to the others
   */
  Node(
      Path directory,
      Member self,
      List<Member> voters,
      ReplicaPace pace,
      Duration electionMax,
      String bindHost,
      UnaryOperator<PeerNetwork> between)
      throws IOException {
    this.self = self;
    store = Store.open(directory.resolve("store"), StoreOptions.DEFAULT);
    channels = new PeerChannels(PeerTrust.NONE, CLUSTER, self, voters);
    AppliedListener listener =
        new AppliedListener() {
          @Override
          public void onApplied(Applied applied) {
            appliedIndexes.add(applied.position().index());
          }

          @Override
          public void onRestored() {
            appliedIndexes.clear();
            restored.incrementAndGet();
          }
        };
    replica =
        Replica.start(
            new ReplicaConfig(
                directory,
                self,
                CLUSTER,
                voters,
                electionMax.multipliedBy(5).dividedBy(9),
                electionMax,
                bindHost,
                PeerTrust.NONE),
            new StateMachine(store, _ -> false),
            between.apply(channels),
            door,
            new ReplicaObservers(List.of(listener), channels::update, fatal::add),
            pace);
    int port = Integer.parseInt(self.peerAddress().substring("127.0.0.1:".length()));
    server =
        PeerServer.start(
            new InetSocketAddress(bindHost, port),
            PeerTrust.NONE,
            CLUSTER,
            self,
            List.of(replica.peerService()),
            List.of());
  }

  /** Others reach its Raft port alone from here on. */
  void closePeerPort() {
    server.close();
  }

  @Override
  public void close() throws IOException {
    server.close();
    replica.close();
    channels.close();
    store.close();
  }
}
