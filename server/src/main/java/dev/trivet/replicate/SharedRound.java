package dev.trivet.replicate;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A question whose answer is good for all who asked before it was put. Whoever asks while it is
 * under way waits for the next round, which all that wait share. Safe for any thread.
 */
final class SharedRound<T> {
  private final Supplier<CompletableFuture<T>> question;
  private boolean isRunning;

  /** The round that the next callers join; null until one does. */
  private @Nullable CompletableFuture<T> next;

  SharedRound(Supplier<CompletableFuture<T>> question) {
    this.question = question;
  }

  /** The answer to a question that is put after this call. */
  CompletableFuture<T> join() {
    CompletableFuture<T> round = new CompletableFuture<>();
    synchronized (this) {
      if (isRunning) {
        if (next == null) {
          next = round;
        }
        return next.copy();
      }
      isRunning = true;
    }
    CompletableFuture<T> answer = round.copy();
    begin(round);
    return answer;
  }

  private void begin(CompletableFuture<T> round) {
    var _ =
        ask()
            .whenComplete(
                (answer, failure) -> {
                  beginNext();
                  if (failure == null) {
                    round.complete(answer);
                  } else {
                    round.completeExceptionally(Failures.cause(failure));
                  }
                });
  }

  private CompletableFuture<T> ask() {
    try {
      return question.get();
    } catch (RuntimeException e) {
      // Thrown on, it would leave all later callers waiting for this round's end.
      return CompletableFuture.failedFuture(e);
    }
  }

  private void beginNext() {
    CompletableFuture<T> waiting;
    synchronized (this) {
      waiting = next;
      next = null;
      isRunning = waiting != null;
    }
    if (waiting != null) {
      begin(waiting);
    }
  }
}
