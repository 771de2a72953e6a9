package dev.trivet.replicate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class SteadyClockTest {
  private final AtomicLong wall = new AtomicLong(1_000_000);
  private final AtomicLong nanos = new AtomicLong(-5);
  private final SteadyClock clock =
      new SteadyClock(() -> Instant.ofEpochMilli(wall.get()), nanos::get);

  @Test
  void aWallClockThatIsSetChangesNothing() {
    wall.addAndGet(3_600_000);
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(2));
    assertThat(clock.millis()).isEqualTo(1_002_000);

    wall.addAndGet(-7_200_000);
    assertThat(clock.millis()).isEqualTo(1_002_000);
  }

  @Test
  void itCatchesUpWithALaterTimeAndIgnoresAnEarlierOne() {
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
    clock.catchUp(5_000_000);
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
    assertThat(clock.millis()).isEqualTo(5_001_000);

    clock.catchUp(2_000_000);
    assertThat(clock.millis()).isEqualTo(5_001_000);
  }
}
