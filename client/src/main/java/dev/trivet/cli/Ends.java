package dev.trivet.cli;

import dev.trivet.errors.TrivetException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** How a command waits that holds something until it is ended. */
final class Ends {
  private Ends() {}

  /**
   * Waits for the loss of what is held.
   *
   * @param seconds at most; 0 is without end
   * @return why it was lost; null when the time is over
   */
  static @Nullable TrivetException of(CompletableFuture<TrivetException> lost, long seconds)
      throws InterruptedException {
    try {
      return seconds == 0 ? lost.get() : lost.get(seconds, TimeUnit.SECONDS);
    } catch (TimeoutException _) {
      return null;
    } catch (ExecutionException e) {
      throw new IllegalStateException("closed while it was held", e);
    }
  }
}
