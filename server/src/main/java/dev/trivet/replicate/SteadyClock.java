package dev.trivet.replicate;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * The time that a node stamps entries with: the wall clock's when the process began, and from there
 * on what has really passed. A wall clock that is set forward would end every lease at once, and
 * one that is set back would keep them all.
 *
 * <p>It never goes back, and goes forward only by what passed and by {@link #catchUp}. For any
 * thread.
 */
public final class SteadyClock implements InstantSource {
  private final LongSupplier passedNanos;
  private final AtomicLong startMillis;

  /** Begins now. */
  public SteadyClock() {
    this(InstantSource.system(), System::nanoTime);
  }

  SteadyClock(InstantSource wall, LongSupplier nanos) {
    long start = nanos.getAsLong();
    this.passedNanos = () -> nanos.getAsLong() - start;
    this.startMillis = new AtomicLong(wall.millis());
  }

  @Override
  public long millis() {
    return startMillis.get() + TimeUnit.NANOSECONDS.toMillis(passedNanos.getAsLong());
  }

  @Override
  public Instant instant() {
    return Instant.ofEpochMilli(millis());
  }

  /**
   * Goes on from this time where that is later: for a new leader whose clock is behind its
   * predecessor's, or the log's time would stand still until it has caught up.
   */
  public void catchUp(long millis) {
    long passed = TimeUnit.NANOSECONDS.toMillis(passedNanos.getAsLong());
    startMillis.accumulateAndGet(millis - passed, Math::max);
  }
}
