package dev.trivet.mount;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * When a session is over, told by this machine's clock alone.
 *
 * <p>The cluster counts a session's time from when a renewal was applied, which is after it was
 * sent; so the time counted from before it was sent ends first, whatever the two clocks show. It
 * ends earlier still by a margin, in which the kernel's caches run out. Once over, it stays over.
 */
final class SessionClock {
  private final LongSupplier nanoTime;
  private final long usableNanos;
  private long endNanos;
  private boolean isOver;

  /**
   * @param nanoTime a clock that only goes forward
   * @param timeToLive of the session on the cluster
   * @param margin how much earlier it is over here
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
  synchronized void renewed(long sentNanos) {
    long end = sentNanos + usableNanos;
    if (!isOver() && end - endNanos > 0) {
      endNanos = end;
    }
  }

  synchronized void end() {
    isOver = true;
  }

  synchronized boolean isOver() {
    if (!isOver && nanoTime.getAsLong() - endNanos >= 0) {
      isOver = true;
    }
    return isOver;
  }

  /** 0 when it is over. */
  synchronized Duration left() {
    return isOver() ? Duration.ZERO : Duration.ofNanos(endNanos - nanoTime.getAsLong());
  }
}
