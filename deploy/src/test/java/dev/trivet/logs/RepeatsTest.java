package dev.trivet.logs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class RepeatsTest {
  private final Repeats repeats = new Repeats();

  @Test
  void ofEventsThatDifferInNumbersOneInTenSecondsIsToldAndTheOthersAreCounted() {
    assertThat(at(0, "n1@49ab: failed request 17")).hasValue(0);
    assertThat(at(1, "n1@49ab: failed request 18")).isEmpty();
    assertThat(at(9, "n1@77cd: failed request 19")).isEmpty();
    assertThat(at(10, "n1@49ab: failed request 20")).hasValue(2);
    assertThat(at(20, "n1@49ab: failed request 21")).hasValue(0);
  }

  @Test
  void anotherEventIsToldAtOnce() {
    assertThat(at(0, "failed request 17")).hasValue(0);
    assertThat(at(0, "failed answer 17")).hasValue(0);
  }

  @Test
  void manyDifferentEventsAreNotAllRemembered() {
    for (int i = 0; i < 1_000; i++) {
      assertThat(at(0, "event " + "x".repeat(i % 50) + "y".repeat(i / 50))).isPresent();
    }
    assertThat(at(0, "event ")).hasValue(0);
  }

  private OptionalLong at(long seconds, String message) {
    return repeats.toTell(message, TimeUnit.SECONDS.toNanos(seconds));
  }
}
