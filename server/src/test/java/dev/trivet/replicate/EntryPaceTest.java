package dev.trivet.replicate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class EntryPaceTest {
  private static final long ROUND = TimeUnit.MILLISECONDS.toNanos(3);

  private final EntryPace pace = new EntryPace();
  private long now = 1_000_000_000;

  @Test
  void aSingleWriterNeverWaits() {
    for (int i = 0; i < 1_000; i++) {
      assertThat(pace.wait(1, now)).isZero();
      entry(1, 0);
    }
  }

  @Test
  void anEntryWaitsForThoseWhoWereAnsweredAndThoseWhoWaitedBehindThem() {
    entry(5, 3);

    assertThat(pace.wait(6, now)).isEqualTo(ROUND);
    assertThat(pace.wait(8, now)).isZero();
  }

  @Test
  void itWaitsNoLongerThanTheLastEntryTook() {
    entry(5, 3);

    assertThat(pace.wait(1, now + ROUND - 1)).isEqualTo(1);
    assertThat(pace.wait(1, now + ROUND)).isZero();
  }

  @Test
  void itNeverWaitsLongerThanTwentyMilliseconds() {
    pace.began(5);
    pace.ended(5, 3, TimeUnit.SECONDS.toNanos(2), now);

    assertThat(pace.wait(1, now)).isEqualTo(TimeUnit.MILLISECONDS.toNanos(20));
  }

  @Test
  void whoLeavesIsWaitedForOnce() {
    entry(5, 3);
    pace.wait(4, now);
    now += ROUND;
    entry(4, 0);

    assertThat(pace.wait(1, now)).isZero();
  }

  @Test
  void waitsInVainBecomeRareAndOneThatWasWorthItBringsThemBack() {
    int waitsInVain = 0;
    for (int i = 0; i < 1_000; i++) {
      if (pace.wait(1, now) > 0) {
        waitsInVain++;
        now += ROUND;
      }
      entry(1, 1);
    }
    assertThat(waitsInVain).isBetween(1, 12);

    int waits = 0;
    for (int i = 0; i < 1_000; i++) {
      if (pace.wait(1, now) > 0) {
        waits++;
      }
      entry(2, 0);
    }
    assertThat(waits).isGreaterThan(700);
  }

  @Test
  void oneOfEightMayStayAway() {
    entry(16, 0);

    assertThat(pace.wait(13, now)).isPositive();
    assertThat(pace.wait(14, now)).isZero();
  }

  /** An entry sets out now and is answered a round later. */
  private void entry(int commands, int waitingBehindIt) {
    pace.began(commands);
    now += ROUND;
    pace.ended(commands, waitingBehindIt, ROUND, now);
  }
}
