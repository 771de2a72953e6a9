package dev.trivet.chaos.environment;

import dev.trivet.errors.TrivetException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Asks again and again until something is so. */
public final class Waiting {
  private static final long POLL_MILLIS = 50;

  private Waiting() {}

  /**
   * Waits for an answer.
   *
   * @param what is waited for, for the message
   * @param question may throw {@link TrivetException}: then it is asked again
   * @throws IllegalStateException when it was not so within the limit
   */
  public static <T> T untilPresent(String what, Duration limit, Supplier<Optional<T>> question)
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

  /** Waits until it is so; else as {@link #untilPresent}. */
  public static void until(String what, Duration limit, BooleanSupplier question)
      throws InterruptedException {
    untilPresent(what, limit, () -> question.getAsBoolean() ? Optional.of(what) : Optional.empty());
  }

  /** Waits for it no longer than that; returns whether it came to be. */
  public static boolean comes(Duration limit, BooleanSupplier question)
      throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    while (System.nanoTime() < end) {
      if (question.getAsBoolean()) {
        return true;
      }
      Thread.sleep(POLL_MILLIS);
    }
    return question.getAsBoolean();
  }
}
