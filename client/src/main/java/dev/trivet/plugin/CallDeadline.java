package dev.trivet.plugin;

import dev.trivet.errors.ErrorCode;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The moment by which one call of the engine is answered, whatever its work does. */
final class CallDeadline {
  private final Duration limit;
  private final long endNanos;

  CallDeadline(Duration limit) {
    this.limit = limit;
    this.endNanos = System.nanoTime() + limit.toNanos();
  }

  /**
   * Waits for work, which goes on if it is late.
   *
   * @param what names the work in the error's message
   * @throws dev.trivet.errors.TrivetException OUTCOME_UNKNOWN if it is late; else its own
   */
  <T> T await(CompletableFuture<T> work, String what) {
    try {
      return work.get(Math.max(0, endNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw ErrorCode.OUTCOME_UNKNOWN.exception(
          what
              + " is not done after "
              + limit.toMillis()
              + " ms, the time that the engine is let wait; it goes on, so ask again",
          e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw ErrorCode.LOCAL_IO.exception(what + " failed: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ErrorCode.STOPPING.exception("the plugin stops", e);
    }
  }
}
