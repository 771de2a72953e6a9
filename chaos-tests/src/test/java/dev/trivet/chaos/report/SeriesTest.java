package dev.trivet.chaos.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trivet.chaos.check.Finding;
import dev.trivet.chaos.check.Judgement;
import dev.trivet.chaos.check.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SeriesTest {
  private static final Judgement KEPT = new Judgement("bank", Outcome.KEPT, List.of(), "120 reads");
  private static final Judgement LOST =
      new Judgement(
          "presence",
          Outcome.BROKEN,
          List.of(new Finding("what was acknowledged is there", "x is not", List.of())),
          "");

  @TempDir private Path folder;

  private static Run.Inflicted fault(String kind, boolean isSeen, double recoverySeconds) {
    List<String> evidence = isSeen ? List.of("process gone") : List.of();
    return new Run.Inflicted(kind, 1, 5, List.of("n1"), evidence, recoverySeconds);
  }

  private Path report(long seed, Judgement judgement, Run.Inflicted... faults) throws IOException {
    Run run =
        new Run(
            "chaos",
            seed,
            "./trivet chaos",
            Instant.EPOCH,
            Duration.ofMinutes(45),
            List.of(),
            List.of(faults),
            List.of(new Run.Load("keys", 1_000 * seed, 0, 0, List.of(), List.of())),
            List.of(judgement),
            List.of());
    return Files.writeString(folder.resolve(seed + ".json"), JsonReport.of(run));
  }

  @Test
  void aSeedCountsForAKindOnlyIfItWasSeenAndOnceForEachOfTwoAtOnce() throws IOException {
    Series series =
        Series.of(
            List.of(
                report(1, KEPT, fault("kill-leader+loss", true, 4), fault("loss", true, 1)),
                report(2, KEPT, fault("kill-leader", true, 8), fault("loss", false, 2))));

    assertThat(series.isKept()).isTrue();
    assertThat(series.markdown())
        .contains("2 runs, 1 h 30 min, 4 times a fault or two at once; answered: keys 3,000.")
        .contains("| `kill-leader` | 2: 1 2 | 2 of 2 | 4.0 to 8.0, median 4.0")
        .contains("| `loss` | 1: 1 | 1 of 3 |");
  }

  @Test
  void whatNeverServedAgainIsSaidBesideTheTimes() throws IOException {
    Series series =
        Series.of(
            List.of(report(1, KEPT, fault("pause", true, 3), fault("pause", true, Run.NEVER))));

    assertThat(series.markdown())
        .contains("3.0 to 3.0, median 3.0, nine in ten within 3.0, 1 not within the limit");
  }

  @Test
  void aBrokenRunIsNamedWithItsPromise() throws IOException {
    Series series = Series.of(List.of(report(1, KEPT, fault("a", true, 1)), report(2, LOST)));

    assertThat(series.isKept()).isFalse();
    assertThat(series.markdown())
        .contains("| 1 | 1 | kept |")
        .contains("| 2 | 0 | broken: what was acknowledged is there |");
  }

  @Test
  void whatARunLeftThatWasEndedIsNoReport() throws IOException {
    Path whole = report(1, KEPT);
    String text = Files.readString(whole);
    Path torn = Files.writeString(folder.resolve("torn.json"), text.substring(0, 40));
    Path empty = Files.writeString(folder.resolve("empty.json"), "");

    assertThat(Series.isReport(whole)).isTrue();
    assertThat(Series.isReport(torn)).isFalse();
    assertThat(Series.isReport(empty)).isFalse();
    assertThat(Series.isReport(folder.resolve("none.json"))).isFalse();
  }
}
