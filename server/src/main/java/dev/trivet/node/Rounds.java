package dev.trivet.node;

import dev.trivet.errors.TrivetException;
import dev.trivet.store.StoreException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Work of a node that is done again and again, each time a while after it was done last, on a
 * thread of its own. What fails is done again in the next round: there may be no leader at the
 * moment.
 */
final class Rounds implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Rounds.class);

  /** What is done in a round. */
  interface Round {
    void run() throws InterruptedException, ExecutionException, TimeoutException;
  }

  private final String name;
  private final Duration pause;
  private final Round round;
  private final ScheduledExecutorService thread;

  /**
   * @param name the thread's
   */
  Rounds(String name, Duration pause, Round round) {
    this.name = name;
    this.pause = pause;
    this.round = round;
    this.thread =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name(name).daemon().factory());
  }

  void start() {
    var _ =
        thread.scheduleWithFixedDelay(
            this::once, pause.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void once() {
    try {
      round.run();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (TrivetException | StoreException | ExecutionException | TimeoutException e) {
      LOG.debug("a round of {} was not finished", name, e);
    } catch (RuntimeException e) {
      // Thrown on, it would end all rounds, and nobody would hear of it.
      if (!thread.isShutdown()) {
        LOG.warn("a round of {} failed, which is a bug; the next one comes all the same", name, e);
      }
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
