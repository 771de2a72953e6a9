package dev.trivet.chaos.nth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class StepsTest {
  @Test
  void aGrowingStrideTriesTheFirstCallsDensely() {
    assertThat(numbers(new Steps(1, 100, 0))).startsWith(1, 2, 3, 5, 8, 12, 18).endsWith(93);
  }

  @Test
  void aStrideIsKeptFromTheFirstToTheLast() {
    assertThat(numbers(new Steps(1, 4, 1))).containsExactly(1, 2, 3, 4);
    assertThat(numbers(new Steps(3, 20, 7))).containsExactly(3, 10, 17);
  }

  @Test
  void callsAreCountedFromOne() {
    assertThatThrownBy(() -> new Steps(0, 9, 1)).isInstanceOf(IllegalArgumentException.class);
  }

  private static long[] numbers(Steps steps) {
    return LongStream.iterate(steps.first(), nth -> nth <= steps.last(), steps::next).toArray();
  }
}
