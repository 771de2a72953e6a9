package dev.trivet.demo;

import dev.trivet.errors.TrivetException;
import java.time.Duration;

/** Does what may be done twice until it succeeds: a busy machine's nodes are slow at first. */
final class Steadily {
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final long PAUSE_MILLIS = 200;

  private Steadily() {}

  /** Throws the last error when it did not succeed in time, or never can. */
  static void run(Runnable idempotent) throws InterruptedException {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (true) {
      try {
        idempotent.run();
        return;
      } catch (TrivetException e) {
        boolean mayPass =
            switch (e.code()) {
              case OUTCOME_UNKNOWN, DEADLINE_EXCEEDED, UNREACHABLE, NO_LEADER, NOT_LEADER -> true;
              case TOO_MANY_REQUESTS, NO_QUORUM_FOR_DATA -> true;
              default -> false;
            };
        if (!mayPass || System.nanoTime() > end) {
          throw e;
        }
        Thread.sleep(PAUSE_MILLIS);
      }
    }
  }
}
