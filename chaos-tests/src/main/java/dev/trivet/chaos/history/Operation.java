package dev.trivet.chaos.history;

/**
 * One call of one client.
 *
 * <p>Invariant: {@code beginNanos <= endNanos}; calls of one client do not overlap.
 *
 * @param client who called; one that got an unknown result goes on as the same client
 * @param endpoint whom it asked, for the report
 * @param call what was asked
 * @param beginNanos before anything was sent, as {@link System#nanoTime} has it, one process for
 *     all
 * @param endNanos after the result was there; of an unknown result when the client gave up
 * @param result what became of it
 * @param <C> what can be asked
 * @param <R> what is answered
 */
public record Operation<C, R>(
    int client, String endpoint, C call, long beginNanos, long endNanos, Result<R> result) {
  /** Checks the times. */
  public Operation {
    if (beginNanos > endNanos) {
      throw new IllegalArgumentException("ends at " + endNanos + ", begins at " + beginNanos);
    }
  }
}
