package dev.trivet.chaos;

import dev.trivet.errors.TrivetException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Asks again and again until something is so. */
final class Waiting {
  private static final long POLL_MILLIS = 200;

  private Waiting() {}

  /**
   * @param what is waited for, for the message
   * @param question may throw {@link TrivetException}: then it is asked again
   * @throws IllegalStateException when it was not so within the limit
   */
  static <T> T untilPresent(String what, Duration limit, Supplier<Optional<T>> question)
      throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    String failure = "";
    while (System.nanoTime() < end) {
      try {
        Optional<T> answer = question.get();
        if (answer.isPresent()) {
          return answer.get();
        }
        failure = "";
      } catch (TrivetException e) {
        failure = ": " + e.getMessage();
      }
      Thread.sleep(POLL_MILLIS);
    }
    throw new IllegalStateException("not after " + limit.toSeconds() + " s: " + what + failure);
  }

  static void until(String what, Duration limit, BooleanSupplier question)
      throws InterruptedException {
    untilPresent(what, limit, () -> question.getAsBoolean() ? Optional.of(what) : Optional.empty());
  }
}
