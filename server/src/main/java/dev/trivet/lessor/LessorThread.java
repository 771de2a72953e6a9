package dev.trivet.lessor;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/**
 * The thread of a {@link Lessor} and its time. A seam for simulations, where one thread runs all
 * nodes.
 *
 * @param executor runs the rounds, one at a time; the lessor shuts it down
 * @param nanos a monotonic clock, as {@link System#nanoTime}
 * @param afterAPause runs what is tried again, a little later
 * @param waits how the executor's thread waits
 */
record LessorThread(
    ScheduledExecutorService executor, LongSupplier nanos, Executor afterAPause, Waits waits) {

  /** Waits for a result. */
  @FunctionalInterface
  interface Waits {
    <T> T get(CompletableFuture<T> result, long seconds)
        throws InterruptedException, ExecutionException, TimeoutException;
  }

  private static final class RealWaits implements Waits {
    @Override
    public <T> T get(CompletableFuture<T> result, long seconds)
        throws InterruptedException, ExecutionException, TimeoutException {
      return result.get(seconds, TimeUnit.SECONDS);
    }
  }

  /** A thread named {@code lessor}. */
  static LessorThread real() {
    return new LessorThread(
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("lessor").daemon().factory()),
        System::nanoTime,
        CompletableFuture.delayedExecutor(50, TimeUnit.MILLISECONDS),
        new RealWaits());
  }
}
