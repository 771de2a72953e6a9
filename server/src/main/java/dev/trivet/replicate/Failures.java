package dev.trivet.replicate;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Futures of several steps fail with a wrapper; callers are promised the exception itself. */
final class Failures {
  private Failures() {}

  static <T> CompletableFuture<T> unwrapped(CompletableFuture<T> steps) {
    CompletableFuture<T> result = new CompletableFuture<>();
    var _ =
        steps.whenComplete(
            (value, failure) -> {
              if (failure == null) {
                result.complete(value);
              } else {
                result.completeExceptionally(cause(failure));
              }
            });
    return result;
  }

  static Throwable cause(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : null;
    return cause == null ? failure : cause;
  }
}
