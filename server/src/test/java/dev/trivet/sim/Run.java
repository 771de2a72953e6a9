package dev.trivet.sim;

import dev.trivet.state.entry.Counter;
import dev.trivet.state.leases.LeaseQueries;
import dev.trivet.store.ReadView;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One run of a plan, from the start of three empty nodes to a cluster that is whole again. */
final class Run {
  /** Longer than renewals are tried, an election and a lease's time together. */
  private static final long QUIET_MILLIS = 11_000;

  private static final int SETTLING_ROUNDS = 20;
  private static final long HEARTBEAT_MILLIS = 100;
  private static final long LEASE_SLACK_NANOS = 2_500 * World.NANOS_PER_MILLI;
  private static final long LONGEST_SET_MILLIS = 20 * 60_000;

  /**
   * What came of it.
   *
   * @param broken null when every promise was kept
   * @param lines the transcript, if one was asked for
   * @param events how many there were
   */
  record Result(World.@Nullable Broken broken, List<String> lines, long events) {}

  private final World world;
  private final Cluster cluster;
  private final Clients clients;
  private final History history;
  private final Uploads uploads;
  private final List<WatchingClient> watches;

  private Run(World world) {
    this.world = world;
    this.cluster = new Cluster(world);
    this.clients = new Clients(world, cluster);
    this.history = new History(world, cluster, clients);
    this.uploads = new Uploads(world, cluster, clients);
    this.watches =
        Stream.of(0, 1).map(number -> new WatchingClient(world, cluster, number)).toList();
  }

  static Result of(long seed, List<Action> plan, Bug bug, boolean isTold) {
    World world = new World(seed, bug, isTold);
    Run run = new Run(world);
    run.play(plan);
    return new Result(world.broken(), List.copyOf(world.lines()), world.ran());
  }

  private void play(List<Action> plan) {
    cluster.nodes().forEach(node -> node.start(cluster));
    watches.forEach(watch -> at(100, watch::start));
    at(200, clients::createBucket);
    for (Action action : plan) {
      at(
          action.atMillis(),
          () -> {
            world.note("plan", action::text);
            begin(action);
          });
    }
    world.run(PlanMaker.END_MILLIS * World.NANOS_PER_MILLI);
    for (Node node : cluster.nodes()) {
      node.wakeUp();
      node.start(cluster);
    }
    world.run((PlanMaker.END_MILLIS + QUIET_MILLIS) * World.NANOS_PER_MILLI);
    for (int i = 0; i < SETTLING_ROUNDS && !isSettled(); i++) {
      world.run(world.nowNanos() + HEARTBEAT_MILLIS * World.NANOS_PER_MILLI);
    }
    if (world.broken() == null) {
      judge();
    }
    cluster.nodes().forEach(Node::crash);
  }

  private void at(long millis, Runnable what) {
    world.after(millis * World.NANOS_PER_MILLI, what);
  }

  private void begin(Action action) {
    Node node = cluster.node(action.node());
    long until = world.nowNanos() + action.forMillis() * World.NANOS_PER_MILLI;
    switch (action.kind()) {
      case PUT -> clients.put(action);
      case COMPARE_AND_SET -> clients.compareAndSet(action);
      case READ -> clients.read(action, _ -> {});
      case NUMBERED_PUT -> clients.numberedPut(action);
      case GRANT -> clients.grant(action);
      case KEEP_ALIVE -> clients.keepAlive(action);
      case LOCK -> clients.lock(action);
      case UPLOAD -> uploads.upload(action);
      case COMPACT -> history.compact(action);
      case READ_OLD -> history.readOld(action);
      case MOVE_WATCH -> watches.get(action.number() % watches.size()).move(action.node());
      case CRASH -> {
        node.crash();
        at(action.forMillis(), () -> node.start(cluster));
      }
      case PAUSE -> node.pause(until);
      case ISOLATE -> cluster.network().isolate(node.id(), until);
      case CUT_ONE_WAY -> {
        int other = (node.id() + 1 + action.number() % 2) % World.NODES;
        cluster.network().cut(node.id(), other, until);
      }
      case LOSE -> cluster.network().lose(node.id(), until);
      case SLOW -> cluster.network().slow(node.id(), until);
      case SLOW_DISK -> node.raftDisk().slow(until);
      case SET_CLOCK -> node.setClock(LONGEST_SET_MILLIS * (action.number() - 500) / 500);
      case CAMPAIGN -> node.deliver(life -> life.raft().campaign());
      case FLUSH -> node.deliver(life -> life.store().flush());
      case SNAPSHOT -> node.deliver(Life::takeSnapshot);
    }
  }

  /** Whether nothing is on its way just now: a lease may end at any moment. */
  private boolean isSettled() {
    for (Node node : cluster.nodes()) {
      Life life = node.life();
      if (life == null
          || life.raft().leader() == -1
          || life.replica().appliedIndex() != life.raft().last()) {
        return false;
      }
    }
    return watches.stream().allMatch(watch -> watch.next() == cluster.ledger().lastRevision() + 1);
  }

  /** All nodes are up, and have been for long. */
  private void judge() {
    long applied = -2;
    for (Node node : cluster.nodes()) {
      Life life = node.life();
      if (life == null) {
        world.broken(Promise.RECOVERS, "node " + node.id() + " is down");
        return;
      }
      long index = life.replica().appliedIndex();
      long before = applied;
      world.require(
          before == -2 || before == index,
          Promise.RECOVERS,
          () -> "nodes have applied %d and %d".formatted(before, index));
      applied = index;
      var _ = cluster.ledger().stateOf(life);
      life.checkRows();
      judge(life);
    }
    for (WatchingClient watch : watches) {
      world.require(
          watch.next() == cluster.ledger().lastRevision() + 1,
          Promise.RECOVERS,
          () ->
              "a watch waits for revision %d of %d"
                  .formatted(watch.next(), cluster.ledger().lastRevision()));
    }
  }

  private void judge(Life life) {
    try (ReadView view = life.store().view()) {
      world.require(
          Counter.REVISION.in(view) == cluster.ledger().lastRevision(),
          Promise.RECOVERS,
          () ->
              "node %d is at another revision than %d"
                  .formatted(life.node().id(), cluster.ledger().lastRevision()));
      for (long lease : LeaseQueries.ids(view)) {
        world.require(
            world.nowNanos() < cluster.ledger().leaseUntil(lease) + LEASE_SLACK_NANOS,
            Promise.LEASE_ENDS,
            () -> "lease " + lease + " is still there");
      }
    }
  }
}
