package dev.trivet.mount;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class SessionClockTest {
  private static final Duration TIME_TO_LIVE = Duration.ofSeconds(15);
  private static final Duration MARGIN = Duration.ofSeconds(1);

  @Test
  void aSessionIsNeverUsedHereWhenTheClusterMayHaveEndedIt() {
    for (long seed = 1; seed <= 2_000; seed++) {
      run(new Random(seed), seed);
    }
  }

  @Test
  void aSessionThatIsRenewedInTimeGoesOn() {
    AtomicLong now = new AtomicLong(-5);
    SessionClock clock = new SessionClock(now::get, TIME_TO_LIVE, MARGIN, now.get());

    for (int i = 0; i < 100; i++) {
      long sent = now.get();
      now.addAndGet(Duration.ofSeconds(6).toNanos());
      clock.renewed(sent);
      assertThat(clock.isCertain()).isTrue();
    }
  }

  @Test
  void silenceMakesASessionUncertainUntilItIsRenewed() {
    AtomicLong now = new AtomicLong();
    SessionClock clock = new SessionClock(now::get, TIME_TO_LIVE, MARGIN, now.get());

    now.addAndGet(Duration.ofSeconds(14).toNanos());

    assertThat(clock.isCertain()).isFalse();
    assertThat(clock.isOver()).isFalse();
    assertThat(clock.awaitCertain(Duration.ofNanos(1))).isFalse();

    clock.renewed(now.get());

    assertThat(clock.isCertain()).isTrue();
    assertThat(clock.awaitCertain(Duration.ofNanos(1))).isTrue();
  }

  @Test
  void nothingRevivesASessionThatTheClusterEnded() {
    AtomicLong now = new AtomicLong();
    SessionClock clock = new SessionClock(now::get, TIME_TO_LIVE, MARGIN, now.get());

    clock.end();
    clock.renewed(now.get());

    assertThat(clock.isOver()).isTrue();
    assertThat(clock.isCertain()).isFalse();
    assertThat(clock.awaitCertain(Duration.ofDays(1))).isFalse();
  }

  /**
   * The cluster counts from when it applied a renewal, somewhere between its sending and answer.
   */
  private static void run(Random random, long seed) {
    AtomicLong now = new AtomicLong(random.nextLong());
    SessionClock clock = new SessionClock(now::get, TIME_TO_LIVE, MARGIN, now.get());
    long endsOnCluster = now.get() + random.nextLong(1_000) + TIME_TO_LIVE.toNanos();
    for (int step = 0; step < 20; step++) {
      long sent = now.get();
      long applied = sent + random.nextLong(Duration.ofSeconds(8).toNanos());
      now.set(applied + random.nextLong(Duration.ofSeconds(8).toNanos()));
      if (applied - endsOnCluster < 0 && random.nextInt(4) != 0) {
        endsOnCluster = applied + TIME_TO_LIVE.toNanos();
        clock.renewed(sent);
      }
      if (now.get() - endsOnCluster >= 0) {
        assertThat(clock.isCertain()).as("seed %d, step %d", seed, step).isFalse();
      }
    }
  }
}
