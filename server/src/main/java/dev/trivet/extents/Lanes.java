package dev.trivet.extents;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.peer.ExtentEnd;
import dev.trivet.proto.peer.ExtentFrame;
import dev.trivet.proto.peer.ExtentHeader;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * All ways of one upload, and the rule of the majority.
 *
 * <p>A lane that is open has been given every frame. The caller waits while fewer than a majority
 * have room. A minority without room is waited for as long as patience lasts: 200 ms, and a quarter
 * of the time that the upload has taken so far. So a slow node slows an upload by a third at most,
 * and is dropped then; it fetches the extent later.
 *
 * <p>Invariant: at most {@link #MAX_WAITING} frames wait in a lane, and the lanes share them.
 */
final class Lanes {
  static final int MAX_WAITING = 16;

  private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
  private static final int PATIENCE_DIVISOR = 4;

  /**
   * A destination that gets nothing done for so long is dropped even when it is needed. Other nodes
   * are given up earlier, by their calls' own deadlines: this is for a disk that hangs.
   */
  private static final long STALL_NANOS = TimeUnit.SECONDS.toNanos(35);

  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<Lane> all;
  private final int majority;
  private final Semaphore stragglers;
  private final long beganNanos = System.nanoTime();
  private final long deadlineNanos;
  private long waitedNanos;
  private @Nullable ExtentEnd end;

  /**
   * Starts the lanes.
   *
   * @param deadlineNanos after so long the upload is given up
   * @param stragglers a permit for each lane that goes on after the upload is finished
   */
  static Lanes start(
      List<? extends Destination> destinations,
      ExtentHeader header,
      long deadlineNanos,
      Semaphore stragglers) {
    Lanes lanes = new Lanes(destinations, deadlineNanos, stragglers);
    lanes.all.forEach(lane -> lane.start(header));
    return lanes;
  }

  private Lanes(
      List<? extends Destination> destinations, long deadlineNanos, Semaphore stragglers) {
    this.deadlineNanos = deadlineNanos;
    this.stragglers = stragglers;
    this.all = destinations.stream().map(each -> new Lane(this, each, beganNanos)).toList();
    this.majority = all.size() / 2 + 1;
  }

  /** Gives a frame to all lanes; blocks while too many are behind. */
  void offer(ExtentFrame frame) {
    lock.lock();
    try {
      awaitRoom();
      for (Lane lane : all) {
        if (lane.state == Lane.State.OPEN) {
          lane.waiting.add(frame);
        }
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Ends the extent and returns when a majority has stored it.
   *
   * @return how many do without it
   */
  int finish(ExtentEnd last) {
    lock.lock();
    try {
      end = last;
      changed.signalAll();
      while (count(lane -> lane.state == Lane.State.STORED) < majority) {
        requireMajority();
        await(LOOK_NANOS);
        dropStalled();
      }
      for (Lane lane : all) {
        if (lane.state == Lane.State.OPEN) {
          lane.isStraggler = stragglers.tryAcquire();
          if (!lane.isStraggler) {
            drop(lane, ErrorCode.TOO_MANY_REQUESTS.exception());
          }
        }
      }
      return count(lane -> lane.state == Lane.State.DROPPED);
    } finally {
      lock.unlock();
    }
  }

  /** Gives up whatever is not stored. */
  void abandon() {
    lock.lock();
    try {
      for (Lane lane : all) {
        if (lane.state == Lane.State.OPEN) {
          drop(lane, ErrorCode.STOPPING.exception());
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** The lane's next frame, waited for; null when it has had all, or was dropped. */
  @Nullable ExtentFrame take(Lane lane) {
    lock.lock();
    try {
      touch(lane, false);
      changed.signalAll();
      while (lane.state == Lane.State.OPEN && lane.waiting.isEmpty() && end == null) {
        if (System.nanoTime() - beganNanos > deadlineNanos) {
          throw ErrorCode.UPLOAD_EXPIRED.exception();
        }
        await(deadlineNanos);
      }
      touch(lane, true);
      return lane.waiting.poll();
    } finally {
      lock.unlock();
    }
  }

  /** Null when the lane was dropped. */
  @Nullable ExtentEnd end(Lane lane) {
    lock.lock();
    try {
      return lane.state == Lane.State.OPEN ? end : null;
    } finally {
      lock.unlock();
    }
  }

  void stored(Lane lane) {
    lock.lock();
    try {
      lane.state = Lane.State.STORED;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  void failed(Lane lane, TrivetException failure) {
    lock.lock();
    try {
      if (lane.state == Lane.State.OPEN) {
        drop(lane, failure);
      }
    } finally {
      lock.unlock();
    }
  }

  void ended(Lane lane) {
    lock.lock();
    try {
      if (lane.isStraggler) {
        lane.isStraggler = false;
        stragglers.release();
      }
    } finally {
      lock.unlock();
    }
  }

  private void awaitRoom() {
    while (true) {
      requireMajority();
      int open = count(lane -> lane.state == Lane.State.OPEN);
      int roomy = count(Lanes::hasRoom);
      if (roomy == open) {
        return;
      }
      if (roomy < majority) {
        await(LOOK_NANOS);
        dropStalled();
        continue;
      }
      long now = System.nanoTime();
      long left = PATIENCE_NANOS + (now - beganNanos) / PATIENCE_DIVISOR - waitedNanos;
      if (left > 0) {
        await(left);
        waitedNanos += System.nanoTime() - now;
      } else {
        dropWhere(lane -> !hasRoom(lane), "too slow: the others are " + MAX_WAITING + " frames on");
      }
    }
  }

  private static boolean hasRoom(Lane lane) {
    return lane.state == Lane.State.OPEN && lane.waiting.size() < MAX_WAITING;
  }

  private void dropStalled() {
    long now = System.nanoTime();
    dropWhere(
        lane -> lane.isWorking && now - lane.movedNanos > STALL_NANOS,
        "nothing moved for " + TimeUnit.NANOSECONDS.toSeconds(STALL_NANOS) + " s");
  }

  private void dropWhere(Predicate<Lane> isMeant, String why) {
    for (Lane lane : all) {
      if (lane.state == Lane.State.OPEN && isMeant.test(lane)) {
        drop(lane, ErrorCode.DEADLINE_EXCEEDED.exception(why));
      }
    }
  }

  private void drop(Lane lane, TrivetException failure) {
    lane.state = Lane.State.DROPPED;
    lane.failure = failure;
    lane.waiting.clear();
    lane.destination.cancel();
    changed.signalAll();
  }

  private static void touch(Lane lane, boolean isWorking) {
    lane.isWorking = isWorking;
    lane.movedNanos = System.nanoTime();
  }

  private void requireMajority() {
    if (count(lane -> lane.state != Lane.State.DROPPED) >= majority) {
      return;
    }
    List<Lane> dropped = all.stream().filter(lane -> lane.failure != null).toList();
    for (Lane lane : dropped) {
      if (lane.failure != null && lane.failure.code() == ErrorCode.NO_SPACE) {
        throw ErrorCode.NO_SPACE.exception(ErrorCode.NO_SPACE.text(), lane.failure);
      }
    }
    throw ErrorCode.NO_QUORUM_FOR_DATA.exception(
        dropped.stream()
            .map(lane -> lane.destination.name() + ": " + reason(lane))
            .collect(
                Collectors.joining(
                    "; ",
                    "the bytes need " + majority + " of " + all.size() + " nodes, and these fail: ",
                    "")));
  }

  private static String reason(Lane lane) {
    return lane.failure == null ? "" : String.valueOf(lane.failure.getMessage());
  }

  private int count(Predicate<Lane> isMeant) {
    return Math.toIntExact(all.stream().filter(isMeant).count());
  }

  @SuppressWarnings("WaitNotInLoop") // All callers look again.
  private void await(long nanos) {
    try {
      var _ = changed.awaitNanos(nanos);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ErrorCode.STOPPING.exception(ErrorCode.STOPPING.text(), e);
    }
  }
}
