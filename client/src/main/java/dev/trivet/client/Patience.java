package dev.trivet.client;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import io.grpc.Deadline;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * How long one piece of work is tried again, and with which pauses. A read is repeated whenever no
 * node answered, a write only if it certainly was not applied. One thread.
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

  /**
   * Pauses before the next attempt.
   *
   * @throws TrivetException the error itself, when it is not to be tried again
   */
  void pauseOrThrow(TrivetException error) {
    long left = deadline.timeRemaining(TimeUnit.MILLISECONDS);
    if (!isWorthRepeating(error.code()) || left <= pauseMillis) {
      throw error;
    }
    // Between half and all of it, so that clients which failed together do not return together.
    try {
      Thread.sleep(ThreadLocalRandom.current().nextLong(pauseMillis / 2, pauseMillis + 1));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw error;
    }
    pauseMillis = Math.min(2 * pauseMillis, LONGEST_PAUSE_MILLIS);
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
