package dev.trivet.bench.churn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ChurnVerdictTest {
  @Test
  void growthIsTheLastQuartersMedianOverTheSecondOnes() {
    List<ChurnSample> samples = disks(1, 2, 10, 20, 70, 80, 30, 40);

    double growth = ChurnVerdict.growth(samples, ChurnSample::diskMiB);

    assertThat(growth).isEqualTo(35.0 / 15.0);
  }

  @Test
  void oneOutlierOfThreeDoesNotCount() {
    List<ChurnSample> samples = disks(1, 1, 1, 10, 10, 99, 50, 50, 50, 0, 20, 20);

    double growth = ChurnVerdict.growth(samples, ChurnSample::diskMiB);

    assertThat(growth).isEqualTo(2.0);
  }

  @Test
  void aRunOfTooFewSamplesSaysNothing() {
    assertThat(ChurnVerdict.growth(disks(5), ChurnSample::diskMiB)).isZero();
    assertThat(ChurnVerdict.growth(disks(), ChurnSample::diskMiB)).isZero();
  }

  @Test
  void whatGrewBeyondTheLimitIsNamed() {
    ChurnVerdict verdict = new ChurnVerdict(1.2, 3, 0, 0, "", "");

    assertThat(verdict.growthAbove(0)).as("no limit").isEmpty();
    assertThat(verdict.growthAbove(3)).as("not beyond").isEmpty();
    assertThat(verdict.growthAbove(2))
        .isEqualTo("in the last quarter times the second: memory 3.000; allowed 2.000");
    assertThat(verdict.growthAbove(1)).contains("disk 1.200, memory 3.000");
  }

  private static List<ChurnSample> disks(double... sizes) {
    return Arrays.stream(sizes)
        .mapToObj(disk -> new ChurnSample(0, 0, 0, 0, 0, 0, 0, 0, disk, 0, 0, 0, 0))
        .toList();
  }
}
