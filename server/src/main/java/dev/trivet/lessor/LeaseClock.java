package dev.trivet.lessor;

import java.util.function.LongSupplier;

/**
 * The time in which leases are counted. It never runs faster than the monotonic clock, so that no
 * lease ends early, and it stands still while nobody looks: a process that was stopped for longer
 * than a lease's time has not let the lease's holder renew, and gives it what it had left.
 *
 * <p>Safe for any thread.
 */
final class LeaseClock {
  /** How long it runs after a look. More than the longest pause of a busy node. */
  private static final long LONGEST_STEP_NANOS = 2_000_000_000L;

  private static final long NANOS_PER_MILLI = 1_000_000;

  private final LongSupplier nanos;
  private long lookedNanos;
  private long elapsedNanos;

  /**
   * @param nanos a monotonic clock, as {@link System#nanoTime}
   */
  LeaseClock(LongSupplier nanos) {
    this.nanos = nanos;
    this.lookedNanos = nanos.getAsLong();
  }

  /** Milliseconds since the clock was made, whole ones. Every call is a look. */
  synchronized long millis() {
    long now = nanos.getAsLong();
    elapsedNanos += Math.clamp(now - lookedNanos, 0, LONGEST_STEP_NANOS);
    lookedNanos = now;
    return elapsedNanos / NANOS_PER_MILLI;
  }
}
