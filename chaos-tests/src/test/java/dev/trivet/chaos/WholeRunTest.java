package dev.trivet.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trivet.chaos.check.Outcome;
import dev.trivet.chaos.check.Vacuity;
import dev.trivet.chaos.fault.Evidence;
import dev.trivet.chaos.history.Operation;
import dev.trivet.chaos.history.Result;
import dev.trivet.chaos.report.Run;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class WholeRunTest {
  private static final long BEGIN = 5_000_000_000L;
  private static final long MILLI = 1_000_000;

  @Test
  void aTimeWithoutAnswersIsShownAsOneAndCountsInItsSeconds() {
    List<Operation<String, String>> operations = new ArrayList<>();
    for (long end : List.of(100L, 200L, 900L, 3_100L, 3_200L)) {
      operations.add(call(end, new Result.Answered<>("a")));
    }
    operations.add(call(2_000, new Result.Unknown<>("nobody leads")));

    Run.Load load = WholeRun.of(report(operations, ""), "again").workloads().getFirst();

    assertThat(load.gaps()).containsExactly(new Run.Gap(0.9, 3.1));
    assertThat(load.seconds()).extracting(Run.Second::answered).containsExactly(3L, 0L, 0L, 2L);
    assertThat(load.seconds().getFirst().maxMillis()).isEqualTo(10);
  }

  @Test
  void aClusterThatDoesNotServeAgainBreaksTheRun() {
    Run broken = WholeRun.of(report(List.of(), "n2 does not serve"), "again");

    assertThat(broken.outcome()).isEqualTo(Outcome.BROKEN);
    assertThat(broken.faults().getFirst().recoverySeconds()).isEqualTo(Run.NEVER);
    assertThat(WholeRun.of(report(List.of(), ""), "again").outcome()).isEqualTo(Outcome.KEPT);
  }

  private static ChaosReport report(List<Operation<String, String>> operations, String failure) {
    return new ChaosReport(
        7,
        "none",
        List.of("n1"),
        List.of(
            new ChaosReport.Step(
                1,
                List.of("kill-leader"),
                List.of("n1"),
                new Evidence(true, "process gone"),
                BEGIN,
                BEGIN + MILLI,
                12,
                0,
                failure)),
        List.of(),
        List.of(new ChaosReport.Work(new Vacuity.Effort("calls", 5, 0, 1, 1, 0.1), operations)),
        List.of(),
        new ChaosReport.Span(Instant.EPOCH, BEGIN, Duration.ofSeconds(4)));
  }

  private static Operation<String, String> call(long endMillis, Result<String> result) {
    long end = BEGIN + endMillis * MILLI;
    return new Operation<>(1, "all", "call", end - 10 * MILLI, end, result);
  }
}
