package dev.trivet.client;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import io.grpc.Deadline;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * How long one piece of work is tried again, and with which pauses. A read is repeated whenever no
 * node answered, a write only if it certainly was not applied. One thread at a time.
 */
final class Patience {
  private static final long FIRST_PAUSE_MILLIS = 20;
  private static final long LONGEST_PAUSE_MILLIS = 500;

  private final Duration limit;
  private final boolean isWrite;
  private Deadline deadline;
  private long pauseMillis = FIRST_PAUSE_MILLIS;

  Patience(Duration limit, boolean isWrite) {
    this.limit = limit;
    this.isWrite = isWrite;
    this.deadline = Deadline.after(limit.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** When it ends; an attempt may have this as its deadline. */
  Deadline deadline() {
    return deadline;
  }

  /** The work got on: it has its whole time again. */
  void renew() {
    deadline = Deadline.after(limit.toNanos(), TimeUnit.NANOSECONDS);
    pauseMillis = FIRST_PAUSE_MILLIS;
  }

  boolean isWrite() {
    return isWrite;
  }

  /**
   * How long to pause before the next attempt: between half and all of the present pause, so that
   * clients which failed together do not return together. Empty when the error is not to be tried
   * again or no time is left.
   */
  OptionalLong pauseMillis(ErrorCode code) {
    if (!isWorthRepeating(code) || deadline.timeRemaining(TimeUnit.MILLISECONDS) <= pauseMillis) {
      return OptionalLong.empty();
    }
    long pause = ThreadLocalRandom.current().nextLong(pauseMillis / 2, pauseMillis + 1);
    pauseMillis = Math.min(2 * pauseMillis, LONGEST_PAUSE_MILLIS);
    return OptionalLong.of(pause);
  }

  /**
   * Pauses before the next attempt.
   *
   * @throws TrivetException the error itself, when it is not to be tried again
   */
  void pauseOrThrow(TrivetException error) {
    long pause = pauseMillis(error.code()).orElseThrow(() -> error);
    try {
      Thread.sleep(pause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw error;
    }
  }

  private boolean isWorthRepeating(ErrorCode code) {
    return switch (code) {
      case NO_LEADER, NOT_LEADER, STOPPING, TOO_MANY_REQUESTS, UNREACHABLE -> true;
      case NO_QUORUM_FOR_DATA, EXTENT_UNAVAILABLE -> true;
      case OUTCOME_UNKNOWN -> !isWrite;
      default -> false;
    };
  }
}
