package dev.trivet.chaos;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import java.util.ArrayList;
import java.util.List;

/** Threads that each write names of their own, one after the other, until they are stopped. */
final class Writers {
  private static final long FAILURE_PAUSE_MILLIS = 200;

  private final List<Thread> threads = new ArrayList<>();
  private final Ledger ledger;
  private volatile boolean isStopping;

  Writers(Ledger ledger) {
    this.ledger = ledger;
  }

  /** One write; throws {@link TrivetException} when it was not acknowledged. */
  @FunctionalInterface
  interface Write {
    /** Returns what the check will compare the stored content with. */
    String write(String name, long number) throws InterruptedException;
  }

  /**
   * @param prefix of the names: "prefix/thread/number"
   * @param pauseMillis between two writes of a thread
   */
  void start(String prefix, int count, long pauseMillis, Write write) {
    for (int i = 0; i < count; i++) {
      String own = prefix + "/" + i + "/";
      threads.add(Thread.ofVirtual().name(own).start(() -> run(own, pauseMillis, write)));
    }
  }

  void stop() throws InterruptedException {
    isStopping = true;
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private void run(String own, long pauseMillis, Write write) {
    for (long number = 0; !isStopping; number++) {
      String name = own + "%08d".formatted(number);
      try {
        try {
          ledger.acknowledge(name, write.write(name, number));
          Thread.sleep(pauseMillis);
        } catch (TrivetException e) {
          if (mayHaveHappened(e.code())) {
            ledger.leaveOpen(name);
          }
          // What fails at once would otherwise take the processor from the nodes that start again.
          Thread.sleep(FAILURE_PAUSE_MILLIS);
        }
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /** Whatever does not surely say that nothing was done leaves the write open. */
  private static boolean mayHaveHappened(ErrorCode code) {
    return switch (code) {
      case INVALID_ARGUMENT, TOO_MANY_REQUESTS, NO_QUORUM_FOR_DATA, UPLOAD_EXPIRED -> false;
      default -> true;
    };
  }
}
