package dev.trivet.sim;

import dev.trivet.peer.Member;
import dev.trivet.state.entry.ExtentId;
import dev.trivet.store.LogPosition;
import dev.trivet.store.MemoryDisk;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A server of the cluster: what outlives its processes, and the process that runs now. */
final class Node {
  private static final long EPOCH_MILLIS = 1_700_000_000_000L;

  /** Clocks that drift by more are not promised anything. */
  static final double MAX_DRIFT = 5e-4;

  private static final long MAX_OFFSET_MILLIS = 10 * 60_000;

  /** A snapshot that is on disk. */
  record Snapshot(LogPosition position, Path name) {}

  private final World world;
  private final int id;
  private final Member member;
  private final RaftDisk raftDisk;
  private final MemoryDisk store = new MemoryDisk();
  private final Set<ExtentId> extents = new HashSet<>();
  private final double speed;
  private long wallOffsetMillis;
  private long pausedUntil;
  private int lives;
  private @Nullable Snapshot snapshot;
  private @Nullable Life life;

  Node(World world, int id) {
    this.world = world;
    this.id = id;
    this.member =
        new Member(
            "n" + id,
            "000000000000000" + (id + 1),
            "r" + id,
            "p" + id,
            "c" + id,
            Member.Role.VOTER);
    this.raftDisk = new RaftDisk(world, id);
    SplittableRandom chance = world.chance("node " + id);
    this.speed = 1 + chance.nextDouble(-MAX_DRIFT, MAX_DRIFT);
    this.wallOffsetMillis = chance.nextLong(-MAX_OFFSET_MILLIS, MAX_OFFSET_MILLIS);
  }

  int id() {
    return id;
  }

  Member member() {
    return member;
  }

  RaftDisk raftDisk() {
    return raftDisk;
  }

  MemoryDisk store() {
    return store;
  }

  /** Extents whose files are synced here. */
  Set<ExtentId> extents() {
    return extents;
  }

  @Nullable Snapshot snapshot() {
    return snapshot;
  }

  void setSnapshot(Snapshot taken) {
    snapshot = taken;
  }

  long wallMillis() {
    return EPOCH_MILLIS + wallOffsetMillis + nanos() / World.NANOS_PER_MILLI;
  }

  void setClock(long offsetMillis) {
    wallOffsetMillis = offsetMillis;
  }

  /** The monotonic clock, which drifts. */
  long nanos() {
    return (long) (world.nowNanos() * speed);
  }

  long pausedUntil() {
    return pausedUntil;
  }

  void pause(long untilNanos) {
    pausedUntil = Math.max(pausedUntil, untilNanos);
  }

  void wakeUp() {
    pausedUntil = 0;
  }

  boolean isUp() {
    return life != null;
  }

  @Nullable Life life() {
    return life;
  }

  void start(Cluster cluster) {
    if (life == null) {
      life = new Life(world, cluster, this, ++lives);
      life.start();
    }
  }

  void crash() {
    Life dying = life;
    if (dying != null) {
      life = null;
      dying.die();
      raftDisk.crash();
    }
  }

  /** Something comes from the network. */
  void deliver(Consumer<Life> what) {
    Life now = life;
    if (now != null) {
      now.run(() -> what.accept(now));
    }
  }
}
