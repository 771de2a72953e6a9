package dev.trivet.client;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** The plain face of what is asynchronous: the calling thread waits. */
public final class Waiting {
  private Waiting() {}

  /**
   * What the future brings.
   *
   * @throws TrivetException what it failed with, with this thread's stack; OUTCOME_UNKNOWN when the
   *     thread was interrupted: the future is cancelled then
   */
  public static <T> T on(CompletableFuture<T> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      TrivetException error = errorOf(e);
      throw error.code().exception(String.valueOf(error.getMessage()), e);
    } catch (InterruptedException e) {
      future.cancel(true);
      Thread.currentThread().interrupt();
      throw ErrorCode.OUTCOME_UNKNOWN.exception("interrupted while waiting for a node", e);
    }
  }

  /** The library's own error below what futures wrap around it. */
  public static TrivetException errorOf(Throwable failure) {
    Throwable inner = failure;
    while (inner instanceof CompletionException || inner instanceof ExecutionException) {
      Throwable cause = inner.getCause();
      if (cause == null) {
        break;
      }
      inner = cause;
    }
    return inner instanceof TrivetException known
        ? known
        : ErrorCode.INTERNAL.exception(inner.toString(), inner);
  }
}
