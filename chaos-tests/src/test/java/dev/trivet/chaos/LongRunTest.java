package dev.trivet.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trivet.chaos.fault.FaultKind;
import dev.trivet.chaos.fault.Faults;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

final class LongRunTest {
  private static List<List<String>> runs(String... options) {
    LongRun program = new LongRun();
    var _ = new CommandLine(program).parseArgs(options);
    return program.runs();
  }

  @Test
  void everyUsualKindComesOnceInEachOfSoManyRounds() {
    List<List<String>> runs =
        runs("--folder", "x", "--seeds", "3", "--also", "old-copy", "--without", "wan");

    Map<String, Long> times =
        runs.stream()
            .flatMap(List::stream)
            .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    assertThat(times.values()).containsOnly(3L);
    assertThat(times.keySet())
        .contains("old-copy")
        .containsAll(
            Faults.usual().stream()
                .map(FaultKind::name)
                .filter(name -> !name.equals("wan"))
                .toList())
        .doesNotContain("wan", "snapshot-kill");
    assertThat(runs)
        .allSatisfy(run -> assertThat(run).hasSizeLessThanOrEqualTo(14).doesNotHaveDuplicates());
  }

  @Test
  void anUnknownNameAndNumbersBelowOneAreRefused() {
    assertThatThrownBy(() -> runs("--folder", "x", "--without", "wann"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("wann");
    assertThatThrownBy(() -> runs("--folder", "x", "--faults-per-run", "0"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--faults-per-run");
  }

  @Test
  void theSameFirstSeedGivesTheSameRunsAndAnotherOneOthers() {
    List<List<String>> runs = runs("--folder", "x", "--first-seed", "7");

    assertThat(runs("--folder", "x", "--first-seed", "7")).isEqualTo(runs);
    assertThat(runs("--folder", "x", "--first-seed", "8")).isNotEqualTo(runs);
  }
}
