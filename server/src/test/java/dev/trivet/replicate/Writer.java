package dev.trivet.replicate;

import dev.trivet.errors.TrivetException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;

/** Proposes one command after the other until it is stopped; goes on after refusals. */
final class Writer {
  final AtomicLong acknowledged = new AtomicLong();
  private final Replica replica;
  private final Thread thread;
  private volatile boolean isStopped;
  private volatile long lastIndex;

  private Writer(Replica replica) {
    this.replica = replica;
    this.thread = Thread.ofPlatform().name("writer").daemon().unstarted(this::run);
  }

  static Writer start(Replica replica) {
    Writer writer = new Writer(replica);
    writer.thread.start();
    return writer;
  }

  /** The index of the last acknowledged command. */
  long stop() throws InterruptedException {
    isStopped = true;
    thread.join();
    return lastIndex;
  }

  private void run() {
    try {
      for (int number = 0; !isStopped; number++) {
        write(number);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void write(int number) throws InterruptedException {
    try {
      lastIndex = replica.propose(Cluster.command(number)).get().index();
      var _ = acknowledged.incrementAndGet();
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TrivetException)) {
        throw new IllegalStateException("proposals fail with TrivetExceptions alone", e);
      }
    }
  }
}
