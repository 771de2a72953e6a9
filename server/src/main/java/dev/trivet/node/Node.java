package dev.trivet.node;

import dev.trivet.api.ClientApi;
import dev.trivet.api.admin.NodeReplies;
import dev.trivet.api.port.ClientPort;
import dev.trivet.extents.ExtentService;
import dev.trivet.extents.LocalExtents;
import dev.trivet.extents.MissingFetcher;
import dev.trivet.extents.QuorumExtents;
import dev.trivet.extents.Sweeper;
import dev.trivet.lessor.Lessor;
import dev.trivet.node.founding.DataFolder;
import dev.trivet.node.founding.Founder;
import dev.trivet.node.founding.Founding;
import dev.trivet.node.founding.FoundingReplies;
import dev.trivet.node.founding.Identity;
import dev.trivet.node.founding.IdentityFile;
import dev.trivet.node.founding.Joining;
import dev.trivet.peer.Member;
import dev.trivet.peer.PeerChannels;
import dev.trivet.peer.PeerServer;
import dev.trivet.replicate.CommandLog;
import dev.trivet.replicate.Door;
import dev.trivet.replicate.Leadership;
import dev.trivet.replicate.Replica;
import dev.trivet.replicate.ReplicaConfig;
import dev.trivet.replicate.ReplicaObservers;
import dev.trivet.state.StateMachine;
import dev.trivet.store.Store;
import dev.trivet.store.StoreOptions;
import dev.trivet.watch.StoreEvents;
import dev.trivet.watch.WatchHub;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running node: every floor, constructed from the bottom up and closed from the top down.
 *
 * <p>Constructed by {@link #start} alone, closed once.
 */
public final class Node implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Node.class);
  private static final Duration ELECTION_MIN = Duration.ofMillis(500);
  private static final Duration ELECTION_MAX = Duration.ofMillis(900);

  private final Closing closing;
  private final CommandLog log;

  private Node(Closing closing, CommandLog log) {
    this.closing = closing;
    this.log = log;
  }

  /**
   * Starts a node on its data folder; blocks while it belongs to no cluster.
   *
   * @param onFatal told when the node must not go on: the process has to end; may be called more
   *     than once and from any thread
   * @throws IOException when a folder or a port cannot be used; nothing is left open
   * @throws InterruptedException when the wait for a cluster was interrupted
   */
  public static Node start(NodeOptions options, Consumer<Throwable> onFatal)
      throws IOException, InterruptedException {
    Closing closing = new Closing();
    try {
      DataFolder folder = closing.add(DataFolder.open(options.data()));
      PortCheck.requireFree(options);
      Identity identity = identify(options, folder.path());
      if (identity.isComplete()) {
        DataParts.requireAll(folder.path());
      }
      CommandLog log = build(options, folder.path(), identity, closing, onFatal);
      if (!identity.isComplete()) {
        DataParts.sync(folder.path());
        new IdentityFile(folder.path()).write(identity.complete());
      }
      return new Node(closing, log);
    } catch (IOException | InterruptedException | RuntimeException | Error e) {
      closing.close();
      throw e;
    }
  }

  private static Identity identify(NodeOptions options, Path folder)
      throws IOException, InterruptedException {
    IdentityFile file = new IdentityFile(folder);
    SecureRandom random = new SecureRandom();
    Identity known = file.open(new Founder(options.name(), options.addresses()), random);
    return known.isMember()
        ? known
        : Doorstep.wait(
            options, new Founding(options.trust(), file, known, options.initial(), random));
  }

  private static CommandLog build(
      NodeOptions options,
      Path folder,
      Identity identity,
      Closing closing,
      Consumer<Throwable> onFatal)
      throws IOException {
    Store store = closing.add(Store.open(folder.resolve(DataParts.STORE), StoreOptions.DEFAULT));
    LocalExtents localExtents = closing.add(LocalExtents.open(folder.resolve(DataParts.EXTENTS)));
    StateMachine state = new StateMachine(store, localExtents);
    PeerChannels channels =
        closing.add(
            new PeerChannels(
                options.trust(), identity.clusterId(), identity.self(), identity.founders()));
    StoreEvents events = new StoreEvents(store);
    WatchHub hub = closing.add(new WatchHub(events));
    Lessor lessor = closing.add(new Lessor(store, channels));
    MissingFetcher fetcher = closing.add(new MissingFetcher(localExtents, store, channels));
    Door door = new Door();
    Replica replica =
        closing.add(
            Replica.start(
                new ReplicaConfig(
                    folder,
                    identity.self(),
                    identity.clusterId(),
                    identity.founders(),
                    ELECTION_MIN,
                    ELECTION_MAX,
                    options.bindHost(),
                    options.trust()),
                state,
                channels,
                door,
                new ReplicaObservers(List.of(hub, lessor, fetcher), channels::update, onFatal)));
    QuorumExtents extents =
        new QuorumExtents(
            localExtents, store, channels, InstantSource.system(), new SecureRandom());
    FoundingReplies strangers =
        new FoundingReplies(() -> identity, replica::members, replica::admitting, door::introduced);
    closing.add(
        PeerServer.start(
            options.bind(options.addresses().peer()),
            options.trust(),
            identity.clusterId(),
            identity.self(),
            List.of(
                replica.peerService(),
                lessor.peerService(),
                new ExtentService(localExtents),
                new NodeReplies(replica, extents)),
            List.of(strangers)));
    LeaderDuties duties =
        closing.add(new LeaderDuties(replica, store, replica.clock(), identity.self().name()));
    duties.start();
    closing.add(new Admissions(replica, replica, store)).start();
    closing.add(new SpaceWatch(replica, replica, store, identity.self(), options.space())).start();
    Sweeper sweeper =
        closing.add(new Sweeper(localExtents, store, replica, InstantSource.system()));
    closing
        .add(new Joining(options.trust(), identity.self(), options.initial(), replica::members))
        .start();
    hub.start();
    lessor.start(replica);
    fetcher.start();
    sweeper.start();
    ClientApi api =
        closing.add(
            ClientApi.open(
                new ClientApi.Floors(
                    replica,
                    replica,
                    store,
                    state::access,
                    events,
                    hub,
                    lessor,
                    extents,
                    channels,
                    identity.clusterId(),
                    identity.self(),
                    options.tls().schemes(),
                    options.limits(),
                    options.space().quotaBytes(),
                    options.tokens(),
                    replica.clock())));
    closing
        .add(
            new ClientPort(
                options.bind(options.addresses().client()),
                options.tls().client(),
                api.served().to(options.origins())))
        .start();
    LOG.info("{} serves at {}", identity.self().name(), identity.self().clientAddress());
    return replica;
  }

  /** For people: whether this node leads, or whom it follows; empty while no leader is known. */
  public String role() {
    Leadership leadership = log.leadership();
    Member leader = leadership.leader();
    if (leadership.isSelf()) {
      return "leader in term " + leadership.term();
    }
    return leader == null
        ? ""
        : "follower of %s in term %d".formatted(leader.name(), leadership.term());
  }

  /** Stops serving, then replicating, then closes the store. */
  @Override
  public void close() {
    closing.close();
  }
}
