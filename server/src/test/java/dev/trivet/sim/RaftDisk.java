package dev.trivet.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/**
 * The disk under the modelled Raft of one node. One sync at a time; what comes meanwhile is synced
 * by the next. What was not synced is lost with the process.
 */
final class RaftDisk {
  private final World world;
  private final SplittableRandom chance;
  private LogImage synced = LogImage.EMPTY;
  private List<Runnable> waiting = new ArrayList<>();
  private boolean isSyncing;
  private long slowUntil;

  /** Counts {@link #write}s, each of which is newer than what was on its way. */
  private long writes;

  RaftDisk(World world, int node) {
    this.world = world;
    this.chance = world.chance("disk " + node);
  }

  LogImage synced() {
    return synced;
  }

  void slow(long untilNanos) {
    slowUntil = untilNanos;
  }

  /** How long a sync that begins now takes. */
  long syncNanos() {
    long nanos = chance.nextLong(100_000, 2_000_000);
    return world.nowNanos() < slowUntil ? nanos + chance.nextLong(500_000_000) : nanos;
  }

  /** Brings what there is now, or somewhat later, to disk, and goes on. */
  void sync(Life life, Supplier<LogImage> image, Runnable then) {
    waiting.add(then);
    if (!isSyncing) {
      begin(life, image);
    }
  }

  private void begin(Life life, Supplier<LogImage> image) {
    isSyncing = true;
    LogImage written = image.get();
    List<Runnable> done = waiting;
    waiting = new ArrayList<>();
    long writesBefore = writes;
    life.after(
        syncNanos(),
        () -> {
          if (writes == writesBefore) {
            synced = written;
          }
          isSyncing = false;
          done.forEach(Runnable::run);
          if (!waiting.isEmpty() && !isSyncing) {
            begin(life, image);
          }
        });
  }

  /** Written and synced at once, as a snapshot's parts are before it takes effect. */
  void write(LogImage image) {
    synced = image;
    writes++;
  }

  /** The process died. */
  void crash() {
    waiting = new ArrayList<>();
    isSyncing = false;
  }
}
