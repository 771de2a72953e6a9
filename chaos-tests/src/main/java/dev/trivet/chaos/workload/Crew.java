package dev.trivet.chaos.workload;

import dev.trivet.client.TrivetClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

/**
 * The clients of a workload, each a thread that does one thing after the other. Every second client
 * knows all nodes; the others know one each, and so ask nodes that a client with a choice would
 * leave alone.
 */
final class Crew implements AutoCloseable {
  /** Less than a client's usual patience: many answers say more than late ones. */
  private static final Duration DEADLINE = Duration.ofSeconds(3);

  private static final long FAILURE_PAUSE_MILLIS = 150;

  private final List<TrivetClient> connections = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicInteger failures = new AtomicInteger();
  private volatile boolean isStopping;

  /**
   * One client.
   *
   * @param number unique in its workload, from 0
   * @param endpoint the one it knows, or "all"
   * @param random its own, from the workload's seed
   */
  record Client(int number, String endpoint, TrivetClient connection, RandomGenerator random) {}

  /** What a client does again and again. */
  @FunctionalInterface
  interface Turn {
    /** Returns whether it was answered; if not the client rests a moment. */
    boolean take(Client client) throws InterruptedException;
  }

  /** Connects clients without starting them. */
  static TrivetClient connect(List<String> endpoints) {
    return TrivetClient.builder(endpoints).deadline(DEADLINE).connect();
  }

  /**
   * @param pauseMillis between two turns of a client
   */
  void start(
      String name, List<String> endpoints, int count, long seed, long pauseMillis, Turn turn) {
    for (int i = 0; i < count; i++) {
      boolean knowsAll = i % 2 == 0;
      String endpoint = knowsAll ? "all" : endpoints.get(i / 2 % endpoints.size());
      TrivetClient connection = connect(knowsAll ? endpoints : List.of(endpoint));
      connections.add(connection);
      Client client =
          new Client(connections.size() - 1, endpoint, connection, new Random(seed * 1_000 + i));
      threads.add(
          Thread.ofVirtual().name(name + "-" + i).start(() -> run(client, pauseMillis, turn)));
    }
  }

  private void run(Client client, long pauseMillis, Turn turn) {
    try {
      while (!isStopping) {
        boolean isAnswered = turn.take(client);
        Thread.sleep(isAnswered ? pauseMillis : FAILURE_PAUSE_MILLIS);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      failures.incrementAndGet();
      throw e;
    }
  }

  void stop() throws InterruptedException {
    isStopping = true;
    for (Thread thread : threads) {
      thread.join();
    }
    if (failures.get() > 0) {
      throw new IllegalStateException(failures.get() + " clients failed: see standard error");
    }
  }

  @Override
  public void close() {
    connections.forEach(TrivetClient::close);
  }
}
