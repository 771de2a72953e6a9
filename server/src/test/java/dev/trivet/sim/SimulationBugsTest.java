package dev.trivet.sim;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The simulation finds mistakes that are made on purpose, and says what they break. */
final class SimulationBugsTest {
  private static final int MAX_SEEDS = 400;

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void aMistakeIsFoundAndTold(Bug bug) {
    for (long seed = 1; seed <= MAX_SEEDS; seed++) {
      World.Broken broken = Seed.run(seed, bug);
      if (broken != null) {
        assertThat(broken.promise()).as("seed %d: %s", seed, broken).isIn(bug.breaks());
        String report = Seed.report(seed, bug, broken.promise());
        assertThat(report).contains("BROKEN").contains(broken.promise().text());
        return;
      }
    }
    assertThat(bug).as("found in %d seeds", MAX_SEEDS).isEqualTo(Bug.NONE);
  }
}
