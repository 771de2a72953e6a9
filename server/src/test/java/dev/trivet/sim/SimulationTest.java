package dev.trivet.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * Clusters under random faults: every promise is kept, whatever the seed.
 *
 * <p>System properties: {@code simulation.first} and {@code simulation.count} choose the seeds.
 */
final class SimulationTest {
  private static final long FIRST = Long.getLong("simulation.first", 1);
  private static final long COUNT = Long.getLong("simulation.count", 10_000);
  private static final int MAX_FAILURES = 3;

  /** A seed that broke a promise. */
  private record Failure(long seed, World.Broken broken) {}

  @Test
  void everyPromiseIsKeptInEveryRun() {
    ConcurrentLinkedQueue<Failure> failures = new ConcurrentLinkedQueue<>();
    AtomicLong next = new AtomicLong(FIRST);
    List<Thread> threads =
        java.util.stream.IntStream.range(0, Runtime.getRuntime().availableProcessors())
            .mapToObj(
                number ->
                    Thread.ofPlatform()
                        .name("simulation-" + number)
                        .start(() -> runSeeds(next, failures)))
            .toList();
    threads.forEach(SimulationTest::join);

    assertThat(failures.stream().limit(1).map(SimulationTest::report)).isEmpty();
  }

  @Test
  void theSameSeedIsTheSameRun() {
    for (long seed = FIRST; seed < FIRST + 20; seed++) {
      List<Action> plan = PlanMaker.plan(seed);

      Run.Result first = Run.of(seed, plan, Bug.NONE, true);

      assertThat(Run.of(seed, plan, Bug.NONE, true)).as("seed %d", seed).isEqualTo(first);
    }
  }

  private static void runSeeds(AtomicLong next, ConcurrentLinkedQueue<Failure> failures) {
    for (long seed = next.getAndIncrement();
        seed < FIRST + COUNT && failures.size() < MAX_FAILURES;
        seed = next.getAndIncrement()) {
      World.Broken broken = Seed.run(seed, Bug.NONE);
      if (broken != null) {
        failures.add(new Failure(seed, broken));
      }
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static String report(Failure failure) {
    return failure.broken().what()
        + "\n"
        + Seed.report(failure.seed(), Bug.NONE, failure.broken().promise());
  }
}
