package dev.trivet.mount;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Whether a session certainly lives, told by this machine's clock, and whether it is over, which
 * only the cluster can say.
 *
 * <p>The cluster counts a session's time from when a renewal was applied, which is after it was
 * sent; so the time counted from before it was sent ends first, whatever the two clocks show. It
 * ends earlier still by a margin, in which the kernel's caches run out. From then on the session
 * may have ended, and another mount may have the volume: until a renewal tells that it did not,
 * nothing may be answered. That renewal is proof for the whole time in between, for a session that
 * has ended never lives again.
 */
final class SessionClock {
  private final LongSupplier nanoTime;
  private final long usableNanos;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private long endNanos;
  private boolean isOver;

  /**
   * @param nanoTime a clock that only goes forward
   * @param timeToLive of the session on the cluster
   * @param margin how much earlier it stops to be certain here
   * @param openedNanos the clock before the session was asked for
   */
  SessionClock(LongSupplier nanoTime, Duration timeToLive, Duration margin, long openedNanos) {
    this.nanoTime = nanoTime;
    this.usableNanos = timeToLive.minus(margin).toNanos();
    this.endNanos = openedNanos + usableNanos;
  }

  /**
   * A renewal succeeded.
   *
   * @param sentNanos the clock before it was sent
   */
  void renewed(long sentNanos) {
    lock.lock();
    try {
      long end = sentNanos + usableNanos;
      if (end - endNanos > 0) {
        endNanos = end;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The cluster said that the session is gone, or it was given back. */
  void end() {
    lock.lock();
    try {
      isOver = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  boolean isOver() {
    lock.lock();
    try {
      return isOver;
    } finally {
      lock.unlock();
    }
  }

  /** Whether no other mount can have the volume now. */
  boolean isCertain() {
    lock.lock();
    try {
      return !isOver && nanoTime.getAsLong() - endNanos < 0;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until the session certainly lives.
   *
   * @return false when it is over, or nothing was heard for so long
   */
  boolean awaitCertain(Duration limit) {
    long left = limit.toNanos();
    lock.lock();
    try {
      while (!isCertain()) {
        if (isOver || left <= 0) {
          return false;
        }
        left = changed.awaitNanos(left);
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }
}
