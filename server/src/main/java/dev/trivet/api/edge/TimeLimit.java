package dev.trivet.api.edge;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/**
 * Fails futures that are not done in time, up to a quarter of a second late. Unlike {@link
 * CompletableFuture#orTimeout} it wakes no thread for each of them, which would cost as much as
 * many of the calls themselves.
 *
 * <p>Safe for any thread. Its own thread, {@code time-limit}, lives as long as the process.
 */
final class TimeLimit {
  private static final long LOOK_NANOS = 250_000_000;

  private final long limitNanos;
  private final ConcurrentLinkedQueue<Waiting> waiting = new ConcurrentLinkedQueue<>();

  private record Waiting(CompletableFuture<?> future, long sinceNanos) {}

  private TimeLimit(Duration limit) {
    limitNanos = limit.toNanos();
  }

  static TimeLimit start(Duration limit) {
    TimeLimit started = new TimeLimit(limit);
    var _ = Thread.ofPlatform().name("time-limit").daemon().start(started::run);
    return started;
  }

  /** Fails the future with a {@link TimeoutException} if it is not done in time. */
  <T> CompletableFuture<T> limit(CompletableFuture<T> future) {
    if (!future.isDone()) {
      waiting.add(new Waiting(future, System.nanoTime()));
    }
    return future;
  }

  private void run() {
    while (true) {
      LockSupport.parkNanos(this, LOOK_NANOS);
      long oldest = System.nanoTime() - limitNanos;
      waiting.removeIf(each -> each.future().isDone() || isFailed(each, oldest));
    }
  }

  private static boolean isFailed(Waiting each, long oldest) {
    if (each.sinceNanos() - oldest > 0) {
      return false;
    }
    var _ = each.future().completeExceptionally(new TimeoutException());
    return true;
  }
}
