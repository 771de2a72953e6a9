package dev.trivet.chaos;

import dev.trivet.chaos.check.Finding;
import dev.trivet.chaos.check.Judgement;
import dev.trivet.chaos.check.Vacuity;
import dev.trivet.chaos.fault.Evidence;
import dev.trivet.chaos.history.Operation;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** What a run came to. */
record ChaosReport(
    long seed,
    String environment,
    List<String> nodes,
    List<Step> steps,
    List<LeftOut> leftOut,
    List<Work> works,
    List<Judgement> judgements,
    Span span) {
  private static final int FINDINGS_SHOWN = 5;

  ChaosReport {
    nodes = List.copyOf(nodes);
    steps = List.copyOf(steps);
    leftOut = List.copyOf(leftOut);
    works = List.copyOf(works);
    judgements = List.copyOf(judgements);
  }

  /**
   * When the run began, by two clocks, and how long it took.
   *
   * @param beginNanos as {@link System#nanoTime} has it
   */
  record Span(Instant begin, long beginNanos, Duration length) {}

  /** What a workload did. */
  record Work(Vacuity.Effort effort, List<? extends Operation<?, ?>> operations) {
    Work {
      operations = List.copyOf(operations);
    }
  }

  /** A fault that cannot be inflicted here. */
  record LeftOut(String fault, String why) {
    @Override
    public String toString() {
      return fault + ": " + why;
    }
  }

  /**
   * A fault that was inflicted, or two at once.
   *
   * @param beginNanos when it was inflicted, as {@link System#nanoTime} has it
   * @param endNanos when it was undone
   * @param recoveryMillis from its end until every node could read and a write was acknowledged
   * @param restarts of nodes that ended by themselves, or were not started by whoever undid it
   * @param failure why the run could not go on; empty if it could
   */
  record Step(
      int number,
      List<String> faults,
      List<String> victims,
      Evidence evidence,
      long beginNanos,
      long endNanos,
      long recoveryMillis,
      int restarts,
      String failure) {
    Step {
      faults = List.copyOf(faults);
      victims = List.copyOf(victims);
    }

    String name() {
      return String.join("+", faults);
    }

    @Override
    public String toString() {
      return "%3d %-24s %-9s %s: %s; serves after %d ms%s%s"
          .formatted(
              number,
              name(),
              String.join(" ", victims),
              evidence.hasBitten() ? "seen" : "NOT SEEN",
              evidence.what(),
              recoveryMillis,
              restarts == 0 ? "" : ", " + restarts + " restarts",
              failure.isEmpty() ? "" : "; FAILED: " + failure);
    }
  }

  boolean isKept() {
    return steps.stream().allMatch(step -> step.failure().isEmpty())
        && judgements.stream().allMatch(Judgement::isKept);
  }

  void print(PrintStream out) {
    for (Work work : works) {
      Vacuity.Effort effort = work.effort();
      out.printf(
          "%s: %d answered, %d refused, %d unknown%n",
          effort.workload(), effort.answered(), effort.refused(), effort.unknown());
    }
    for (Judgement judgement : judgements) {
      out.printf("%-9s %s (%s)%n", judgement.outcome(), judgement.checker(), judgement.note());
      for (Finding finding :
          judgement.findings().subList(0, Math.min(FINDINGS_SHOWN, judgement.findings().size()))) {
        out.println("  " + finding.promise() + ": " + finding.what());
        finding.operations().forEach(operation -> out.println("    " + operation));
      }
    }
    out.println("seed " + seed + ", " + steps.size() + " faults");
    out.println(isKept() ? "KEPT" : "BROKEN");
  }
}
