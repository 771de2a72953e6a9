package dev.trivet.api.etcd;

import dev.trivet.api.edge.Calls;
import dev.trivet.errors.ErrorCode;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Work that reads or writes the whole store: one checksum at a time, and one defragmentation, which
 * all who ask for it meanwhile share. Safe for any thread.
 */
final class HeavyWork {
  /** Longer than any caller is likely to wait. */
  private static final Duration LONGEST = Duration.ofHours(1);

  private final Semaphore reading = new Semaphore(1, true);
  private @Nullable CompletableFuture<Void> running;

  /**
   * Reads while nobody else does.
   *
   * @throws dev.trivet.errors.TrivetException TOO_MANY_REQUESTS when others are at it for long
   */
  <A> A alone(Supplier<A> work) {
    try {
      if (!reading.tryAcquire(Calls.LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
        throw ErrorCode.TOO_MANY_REQUESTS.exception();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ErrorCode.STOPPING.exception(ErrorCode.STOPPING.text(), e);
    }
    try {
      return work.get();
    } finally {
      reading.release();
    }
  }

  /** Runs on a thread of its own, unless it runs already, and waits as long as the caller does. */
  void share(Runnable work) {
    CompletableFuture<Void> shared = begin(work);
    // A caller that gives up must not end it for the others.
    Calls.await(shared.copy(), LONGEST);
  }

  private synchronized CompletableFuture<Void> begin(Runnable work) {
    CompletableFuture<Void> shared = running;
    if (shared == null || shared.isDone()) {
      shared =
          CompletableFuture.runAsync(
              work, task -> Thread.ofPlatform().name("defragment").daemon().start(task));
      running = shared;
    }
    return shared;
  }
}
