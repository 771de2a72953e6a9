package dev.trivet.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trivet.chaos.check.LogLines.Expected;
import dev.trivet.chaos.check.LogLines.Line;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class LogLinesTest {
  private static final String WARNING =
      "2026-01-01T00:00:00.000Z WARN  n1 LeaderDuties lost 3 of 7 renewals";

  @Test
  void linesBelowWarnAreNoFindings() {
    assertThat(
            check("2026-01-01T00:00:00.000Z INFO  n1 LeaderDuties said WARN and ERROR", "")
                .isKept())
        .isTrue();
  }

  @Test
  void warningsAndErrorsAreFindingsAsTextAndAsJson() {
    for (String complaint :
        List.of(
            WARNING,
            WARNING.replace("WARN ", "ERROR"),
            "{\"time\":\"2026-01-01T00:00:00.000Z\",\"level\":\"ERROR\",\"message\":\"x\"}",
            "Exception in thread \"apply\" java.lang.IllegalStateException",
            "# A fatal error has been detected by the Java Runtime Environment:",
            "java.lang.OutOfMemoryError: Java heap space")) {
      assertThat(check(complaint).findings()).as(complaint).hasSize(1);
    }
  }

  @Test
  void linesThatDifferInNumbersAloneAreOneFinding() {
    Judgement judgement =
        check(WARNING, WARNING.replace("lost 3", "lost 5").replace("00:00:00", "00:01:17"));

    assertThat(judgement.findings())
        .extracting(Finding::what)
        .containsExactly("2 times at n1: " + WARNING);
  }

  @Test
  void whatIsExpectedIsNoFinding() {
    List<Expected> expected =
        List.of(new Expected(Pattern.compile("lost \\d+ of"), "nodes are killed", List.of()));

    assertThat(LogLines.check(List.of(new Line("n1", WARNING)), expected).isKept()).isTrue();
    assertThat(check(WARNING + "x").isKept()).isFalse();
  }

  @Test
  void aPatternWithoutAReasonIsNotTaken() {
    assertThat(LogLines.parse("# why\nlost \\d+\n  nodes are killed\n\n"))
        .singleElement()
        .extracting(Expected::reason)
        .isEqualTo("nodes are killed");
    assertThatThrownBy(() -> LogLines.parse("lost\ngained\n  reason\n"))
        .hasMessageContaining("no reason after the pattern lost");
    assertThatThrownBy(() -> LogLines.parse("lost\n")).hasMessageContaining("lost");
    assertThatThrownBy(() -> LogLines.parse("lost\n  only with kill-*\n"))
        .hasMessageContaining("no reason after the pattern lost");
  }

  @Test
  void someLinesAreExpectedInRunsWithCertainFaultsAlone() {
    List<Line> failedWrite =
        List.of(
            new Line(
                "n2",
                "2026-11-29T09:45:11.000Z ERROR n2 SegmentedRaftLogOutputStream Failed to flush"
                    + " SegmentedRaftLogOutputStream(log_inprogress_7) | java.io.IOException:"
                    + " Input/output error"));

    assertThat(LogLines.check(failedWrite, List.of("kill-leader")).findings()).hasSize(1);
    assertThat(LogLines.check(failedWrite, List.of("kill-leader", "write-eio-leader")).isKept())
        .isTrue();
  }

  @Test
  void whatANodeSaysOfAnotherThatIsAwayIsExpectedAlways() {
    List<Line> away =
        List.of(
            new Line(
                "n1",
                "2026-11-29T09:45:11.000Z WARN  n1 GrpcLogAppender n1@0@group-0->n2@1-"
                    + "AppendLogResponseHandler: Failed appendEntries: StatusRuntimeException:"
                    + " UNAVAILABLE: io exception | Caused by: Connection refused"));

    assertThat(LogLines.check(away, List.<String>of()).isKept()).isTrue();
  }

  @Test
  void theListOfExpectedLinesLoads() {
    assertThat(LogLines.expected()).allMatch(expected -> !expected.reason().isEmpty());
  }

  private static Judgement check(String... lines) {
    return LogLines.check(
        List.of(lines).stream().map(line -> new Line("n1", line)).toList(), List.<Expected>of());
  }
}
