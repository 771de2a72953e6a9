package dev.trivet.chaos;

import dev.trivet.chaos.check.Finding;
import dev.trivet.chaos.check.Judgement;
import dev.trivet.chaos.check.Outcome;
import dev.trivet.chaos.history.Operation;
import dev.trivet.chaos.history.Result;
import dev.trivet.chaos.report.Run;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A run in the form of the reports: seconds since its begin, rates, latencies, times without
 * answers.
 */
final class WholeRun {
  /** A time without an answer that is worth showing. */
  private static final double GAP_SECONDS = 1;

  private static final double NANOS = 1e9;
  private static final double NANOS_PER_MILLI = 1e6;

  private final ChaosReport report;

  private WholeRun(ChaosReport report) {
    this.report = report;
  }

  /**
   * @param command that runs it again
   */
  static Run of(ChaosReport report, String command) {
    return new WholeRun(report).run(command);
  }

  private Run run(String command) {
    return new Run(
        "chaos",
        report.seed(),
        command,
        report.span().begin(),
        report.span().length(),
        List.of(
            "environment: " + report.environment(), "nodes: " + String.join(", ", report.nodes())),
        report.steps().stream().map(this::inflicted).toList(),
        report.works().stream().map(this::load).toList(),
        judgements(),
        report.leftOut().stream().map(ChaosReport.LeftOut::toString).toList());
  }

  /**
   * A fault that could not be inflicted, undone, or recovered from is a finding of the run's own.
   */
  private List<Judgement> judgements() {
    List<Finding> failures =
        report.steps().stream()
            .filter(step -> !step.failure().isEmpty())
            .map(step -> new Finding("the cluster serves again", step.toString(), List.of()))
            .toList();
    List<Judgement> all = new ArrayList<>(report.judgements());
    all.add(
        new Judgement(
            "recovery",
            failures.isEmpty() ? Outcome.KEPT : Outcome.BROKEN,
            failures,
            report.steps().size() + " faults"));
    return all;
  }

  private Run.Inflicted inflicted(ChaosReport.Step step) {
    return new Run.Inflicted(
        step.name(),
        seconds(step.beginNanos()),
        seconds(step.endNanos()),
        step.victims(),
        step.evidence().hasBitten() ? List.of(step.evidence().what()) : List.of(),
        step.failure().isEmpty() ? step.recoveryMillis() / 1e3 : Run.NEVER);
  }

  private Run.Load load(ChaosReport.Work work) {
    Map<Integer, List<Double>> millis = new TreeMap<>();
    List<Double> ends = new ArrayList<>();
    for (Operation<?, ?> operation : work.operations()) {
      if (operation.result() instanceof Result.Answered<?>) {
        double end = seconds(operation.endNanos());
        ends.add(end);
        millis
            .computeIfAbsent((int) Math.max(0, end), _ -> new ArrayList<>())
            .add((operation.endNanos() - operation.beginNanos()) / NANOS_PER_MILLI);
      }
    }
    List<Run.Second> each = new ArrayList<>();
    int last = millis.keySet().stream().mapToInt(Integer::intValue).max().orElse(-1);
    for (int second = 0; second <= last; second++) {
      each.add(second(second, millis.getOrDefault(second, List.of()).stream().sorted().toList()));
    }
    return new Run.Load(
        work.effort().workload(),
        work.effort().answered(),
        work.effort().refused(),
        work.effort().unknown(),
        each,
        gaps(ends.stream().sorted().toList()));
  }

  private static Run.Second second(int number, List<Double> sorted) {
    return sorted.isEmpty()
        ? new Run.Second(number, 0, 0, 0, 0)
        : new Run.Second(
            number,
            sorted.size(),
            sorted.get((sorted.size() - 1) / 2),
            sorted.get((sorted.size() * 99 + 99) / 100 - 1),
            sorted.getLast());
  }

  private static List<Run.Gap> gaps(List<Double> ends) {
    List<Run.Gap> gaps = new ArrayList<>();
    for (int i = 1; i < ends.size(); i++) {
      if (ends.get(i) - ends.get(i - 1) >= GAP_SECONDS) {
        gaps.add(new Run.Gap(ends.get(i - 1), ends.get(i)));
      }
    }
    return gaps;
  }

  private double seconds(long nanos) {
    return (nanos - report.span().beginNanos()) / NANOS;
  }
}
