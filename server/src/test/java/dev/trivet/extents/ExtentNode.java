package dev.trivet.extents;

import dev.trivet.peer.Member;
import dev.trivet.peer.PeerChannels;
import dev.trivet.peer.PeerServer;
import dev.trivet.peer.PeerTrust;
import dev.trivet.proto.log.Command;
import dev.trivet.proto.peer.ExtentStatRequest;
import dev.trivet.proto.peer.ExtentsGrpc;
import dev.trivet.state.StateMachine;
import dev.trivet.state.entry.ExtentId;
import dev.trivet.store.LogPosition;
import dev.trivet.store.Store;
import dev.trivet.store.StoreOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One node's extents with its own store, peer port and channels, as a node would wire them. There
 * is no Raft: the test applies entries to the state itself.
 */
final class ExtentNode implements AutoCloseable {
  static final String CLUSTER = "00000000000000c1";

  final LocalExtents local;
  final Store store;
  final StateMachine state;
  final PeerChannels channels;
  final QuorumExtents extents;

  /** Not started. */
  final MissingFetcher fetcher;

  private final Path folder;
  private final PeerServer server;

  ExtentNode(Path folder, Member self, List<Member> members) throws IOException {
    this.folder = folder;
    store = Store.open(folder.resolve("store"), StoreOptions.DEFAULT);
    local = LocalExtents.open(folder.resolve("extents"));
    state = new StateMachine(store, local);
    channels = new PeerChannels(PeerTrust.NONE, CLUSTER, self, members);
    extents = new QuorumExtents(local, store, channels, InstantSource.system(), new SecureRandom());
    fetcher = new MissingFetcher(local, store, channels);
    int port = Integer.parseInt(self.peerAddress().substring("127.0.0.1:".length()));
    server =
        PeerServer.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
            PeerTrust.NONE,
            CLUSTER,
            self,
            List.of(new ExtentService(local)),
            List.of());
  }

  /** Returns when all others can be called: after a failure a channel needs a while. */
  void awaitOthers() {
    for (Member other : channels.others()) {
      var _ =
          ExtentsGrpc.newBlockingStub(channels.channel(other))
              .withWaitForReady()
              .withDeadlineAfter(30, TimeUnit.SECONDS)
              .stat(ExtentStatRequest.getDefaultInstance());
    }
  }

  void apply(long timeMillis, List<Command> commands) {
    LogPosition next = new LogPosition(1, store.applied().index() + 1);
    fetcher.onApplied(state.apply(next, timeMillis, commands));
  }

  Path folder(String name) {
    return folder.resolve(name);
  }

  Path file(ExtentId id) {
    String name = id.toString();
    return folder("extents").resolve(name.substring(0, 2)).resolve(name + ".extent");
  }

  @Override
  public void close() {
    fetcher.close();
    server.close();
    channels.close();
    local.close();
    store.flush();
    store.close();
  }
}
