package dev.trivet.sim;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A thread of a simulated process that waits for results in the middle of its work. It runs while
 * the simulation stands still, and the simulation while it waits, so that there is one thread in
 * effect.
 */
final class WaitingThread {
  /** Why a waiting thread goes on. */
  private enum Turn {
    GO,
    TIMED_OUT,
    DIED
  }

  private final Life life;
  private final SynchronousQueue<Turn> toWorker = new SynchronousQueue<>();

  /** True: the work is done; false: it waits. */
  private final SynchronousQueue<Boolean> toSimulation = new SynchronousQueue<>();

  private @Nullable Runnable whenDone;
  private long waits;
  private boolean isWaiting;

  WaitingThread(Life life) {
    this.life = life;
  }

  /** Runs work that may call {@link #get}; returns when it is done or waits. */
  void run(Runnable work, Runnable then) {
    whenDone = then;
    var _ =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    work.run();
                  } finally {
                    put(toSimulation, true);
                  }
                });
    standStill();
  }

  /** As {@link CompletableFuture#get}, in simulated time. Called by the work. */
  <T> T get(CompletableFuture<T> result, long seconds)
      throws InterruptedException, ExecutionException, TimeoutException {
    if (!result.isDone()) {
      long wait = ++waits;
      isWaiting = true;
      var _ = result.whenComplete((_, _) -> life.after(0, () -> wake(wait, Turn.GO)));
      life.after(TimeUnit.SECONDS.toNanos(seconds), () -> wake(wait, Turn.TIMED_OUT));
      put(toSimulation, false);
      switch (take(toWorker)) {
        case GO -> {}
        case TIMED_OUT -> throw new TimeoutException();
        case DIED -> throw new InterruptedException("the process is dead");
      }
    }
    return result.get(0, TimeUnit.NANOSECONDS);
  }

  /** The process died: the thread ends. */
  void die() {
    wake(waits, Turn.DIED);
  }

  private void wake(long wait, Turn turn) {
    if (isWaiting && wait == waits) {
      isWaiting = false;
      put(toWorker, turn);
      standStill();
    }
  }

  private void standStill() {
    Runnable then = whenDone;
    if (take(toSimulation) && then != null) {
      whenDone = null;
      then.run();
    }
  }

  private static <T> void put(SynchronousQueue<T> queue, T value) {
    boolean isInterrupted = Thread.interrupted();
    while (true) {
      try {
        queue.put(value);
        break;
      } catch (InterruptedException _) {
        isInterrupted = true;
      }
    }
    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static <T> T take(SynchronousQueue<T> queue) {
    boolean isInterrupted = Thread.interrupted();
    while (true) {
      try {
        T value = queue.take();
        if (isInterrupted) {
          Thread.currentThread().interrupt();
        }
        return value;
      } catch (InterruptedException _) {
        isInterrupted = true;
      }
    }
  }
}
