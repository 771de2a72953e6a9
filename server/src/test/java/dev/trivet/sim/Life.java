package dev.trivet.sim;

import dev.trivet.errors.ErrorCode;
import dev.trivet.lessor.SimulatedLessor;
import dev.trivet.peer.Member;
import dev.trivet.proto.log.Command;
import dev.trivet.replicate.CommandLog;
import dev.trivet.replicate.Committed;
import dev.trivet.replicate.Leadership;
import dev.trivet.replicate.MembershipListener;
import dev.trivet.replicate.ReplicaObservers;
import dev.trivet.replicate.SimulatedReplica;
import dev.trivet.state.StateMachine;
import dev.trivet.store.LogPosition;
import dev.trivet.store.MemoryDisk;
import dev.trivet.store.ReadView;
import dev.trivet.store.Store;
import dev.trivet.store.Table;
import dev.trivet.watch.SimulatedHub;
import dev.trivet.watch.StoreEvents;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One process of a node, from its start to its death: the real floors on the modelled Raft. All
 * that it does happens in events that are dropped when it is dead and wait while it stands still.
 */
final class Life implements SimulatedReplica.Raft, RaftModel.Host {
  private static final long OBSERVE_MILLIS = 2_000;

  /** As a follower's call that ends soon after another node leads. */
  private static final long FORWARD_MILLIS = 1_500;

  private final World world;
  private final Cluster cluster;
  private final Node node;
  private final int number;
  private final Store store;
  private final SimulatedReplica replica;
  private final RaftModel raft;
  private final SimulatedHub hub;
  private final SimulatedLessor lessor;
  private final WaitingThread lessorThread = new WaitingThread(this);
  private boolean isDead;
  private boolean isRoundDue;

  Life(World world, Cluster cluster, Node node, int number) {
    this.world = world;
    this.cluster = cluster;
    this.node = node;
    this.number = number;
    this.store = node.store().open();
    StateMachine machine = new StateMachine(store, node.extents()::contains);
    LongSupplier leaseNanos =
        world.has(Bug.LEASES_BY_WALL_CLOCK)
            ? () -> node.wallMillis() * World.NANOS_PER_MILLI
            : node::nanos;
    this.lessor =
        new SimulatedLessor(
            store,
            node.member(),
            (leader, ids) ->
                cluster
                    .network()
                    .call(
                        this,
                        cluster.idOf(leader),
                        OBSERVE_MILLIS,
                        ErrorCode.UNREACHABLE,
                        there -> there.lessor.renewHere(ids)),
            new LifeExecutor(this, this::runOnLessor),
            leaseNanos,
            task -> after(50 * World.NANOS_PER_MILLI, task),
            lessorThread::get);
    this.hub = new SimulatedHub(new StoreEvents(store));
    MembershipListener nobody = _ -> {};
    this.replica =
        new SimulatedReplica(
            node.member(),
            cluster.members(),
            this,
            machine,
            new ReplicaObservers(
                List.of(cluster.ledger().listener(this), hub.listener(), lessor.listener()),
                nobody,
                failure ->
                    world.broken(
                        Promise.NODE_GOES_ON, "node %d: %s".formatted(node.id(), failure))),
            new LifeExecutor(this),
            new Wall(node),
            node::nanos);
    this.raft = new RaftModel(world, this, this, node.raftDisk(), store.applied());
  }

  private record Wall(Node node) implements InstantSource {
    @Override
    public Instant instant() {
      return Instant.ofEpochMilli(node.wallMillis());
    }
  }

  void start() {
    note(() -> "starts at " + store.applied());
    raft.start();
    lessor.start(world.has(Bug.RENEWAL_WITHOUT_PROOF) ? new Unproven(replica) : replica);
  }

  void die() {
    isDead = true;
    lessorThread.die();
  }

  Node node() {
    return node;
  }

  int number() {
    return number;
  }

  boolean isDead() {
    return isDead;
  }

  RaftModel raft() {
    return raft;
  }

  Store store() {
    return store;
  }

  SimulatedReplica replica() {
    return replica;
  }

  SimulatedLessor lessor() {
    return lessor;
  }

  SimulatedHub hub() {
    return hub;
  }

  void note(Supplier<String> what) {
    world.note("node " + node.id(), what);
  }

  // Events.

  void after(long nanos, Runnable what) {
    world.after(nanos, () -> run(what));
  }

  void run(Runnable what) {
    if (isDead) {
      return;
    }
    long wait = node.pausedUntil() - world.nowNanos();
    if (wait > 0) {
      world.after(wait, () -> run(what));
      return;
    }
    what.run();
    if (!isRoundDue && hub.isAwake()) {
      roundSoon();
    }
  }

  private void roundSoon() {
    isRoundDue = true;
    after(
        100_000,
        () -> {
          isRoundDue = false;
          if (hub.round()) {
            roundSoon();
          }
        });
  }

  void send(int to, Consumer<Life> what) {
    cluster.network().send(node.id(), to, what);
  }

  /** Only a leader's lessor waits in its rounds. */
  private void runOnLessor(Runnable round, Runnable whenDone) {
    if (replica.leadership().isSelf()) {
      lessorThread.run(round, whenDone);
    } else {
      round.run();
      whenDone.run();
    }
  }

  // What the replica asks of Raft.

  @Override
  public long term() {
    return raft.term();
  }

  @Override
  public long writtenTerm() {
    return raft.writtenTerm();
  }

  @Override
  public boolean isLeader() {
    return raft.isLeader();
  }

  @Override
  public boolean isLeaderReady() {
    return raft.isLeaderReady();
  }

  @Override
  public long committedIndex() {
    return raft.commit();
  }

  @Override
  public @Nullable Member leader() {
    return raft.leader() == -1 ? null : cluster.node(raft.leader()).member();
  }

  @Override
  public LogPosition append(byte[] entry) {
    LogPosition position = raft.append(entry);
    note(() -> "appends entry " + position + " of " + Ledger.describe(entry));
    return position;
  }

  @Override
  public CompletableFuture<Long> observeTerm(Member voter) {
    return cluster
        .network()
        .call(
            this,
            cluster.idOf(voter),
            OBSERVE_MILLIS,
            ErrorCode.UNREACHABLE,
            there -> CompletableFuture.completedFuture(there.raft.term()));
  }

  @Override
  public CompletableFuture<Committed> forward(Member leader, Command command) {
    return cluster
        .network()
        .call(
            this,
            cluster.idOf(leader),
            FORWARD_MILLIS,
            ErrorCode.OUTCOME_UNKNOWN,
            there -> there.replica.proposeHere(command));
  }

  @Override
  public CompletableFuture<Long> askBarrier(Member leader) {
    return cluster
        .network()
        .call(
            this,
            cluster.idOf(leader),
            FORWARD_MILLIS,
            ErrorCode.UNREACHABLE,
            there -> there.replica.confirmHere());
  }

  // What Raft does with the node.

  @Override
  public void apply(Entry entry) {
    cluster.ledger().committed(this, entry);
    if (entry.isRaftsOwn()) {
      replica.applyRaftsOwn(entry.position());
      return;
    }
    byte[] content =
        world.has(Bug.APPLY_BY_OWN_CLOCK)
            ? SimulatedReplica.restamped(entry.content(), node.wallMillis())
            : entry.content();
    replica.apply(entry.position(), content);
    note(() -> "applied " + entry.position());
  }

  @Override
  public void leads(boolean isLeader) {
    if (!isLeader) {
      replica.steppedDown();
    }
  }

  @Override
  public void truncated(long fromIndex) {
    replica.truncated(fromIndex);
  }

  /** Takes a snapshot and purges the log. */
  void takeSnapshot() {
    LogPosition position = store.applied();
    if (position.index() < 0) {
      return;
    }
    Path name = Path.of("checkpoint." + position.term() + "_" + position.index());
    MemoryDisk.Content before = node.store().flushed();
    store.checkpoint(name);
    if (world.has(Bug.TORN_SNAPSHOT)) {
      MemoryDisk.Content whole = node.store().checkpoint(name);
      node.store().receive(name, whole.withTablesOf(before, EnumSet.of(Table.CURRENT)));
    }
    node.setSnapshot(new Node.Snapshot(position, name));
    note(() -> "has snapshot " + position);
    raft.purge(position);
  }

  @Override
  public void sendSnapshot(int to, long term) {
    Node.Snapshot snapshot = node.snapshot();
    if (snapshot != null) {
      MemoryDisk.Content content = node.store().checkpoint(snapshot.name());
      send(to, other -> other.receive(node.id(), term, snapshot, content));
    }
  }

  private void receive(int from, long term, Node.Snapshot snapshot, MemoryDisk.Content content) {
    if (!raft.wantsSnapshot(term, from, snapshot.position())) {
      raft.declined(from, snapshot.position());
      return;
    }
    note(() -> "installs snapshot " + snapshot.position() + " of node " + from);
    node.store().receive(snapshot.name(), content);
    node.setSnapshot(snapshot);
    try {
      replica.install(snapshot.position(), () -> store.replaceWith(snapshot.name()));
    } catch (IOException e) {
      world.broken(Promise.NODE_GOES_ON, "node %d: %s".formatted(node.id(), e));
      return;
    }
    raft.installed(from, snapshot.position());
    cluster.ledger().stateOf(this);
    checkRows();
  }

  /** The rows are those that the hash says. */
  void checkRows() {
    try (ReadView view = store.view()) {
      long hash = MemoryDisk.hashOf(view);
      world.require(
          hash == store.stateHash(),
          Promise.SAME_STATE,
          () ->
              "node %d has rows of hash %016x at %s, and they should have %016x"
                  .formatted(node.id(), hash, store.applied(), store.stateHash()));
    }
  }

  /** A log that proves nothing. */
  private record Unproven(SimulatedReplica replica) implements CommandLog {
    @Override
    public CompletableFuture<Committed> propose(Command command) {
      return replica.propose(command);
    }

    @Override
    public CompletableFuture<Long> readBarrier() {
      return replica.readBarrier();
    }

    @Override
    public CompletableFuture<Long> confirmLeadership() {
      return CompletableFuture.completedFuture(replica.appliedIndex());
    }

    @Override
    public Leadership leadership() {
      return replica.leadership();
    }

    @Override
    public long committedIndex() {
      return replica.committedIndex();
    }

    @Override
    public long appliedIndex() {
      return replica.appliedIndex();
    }
  }
}
