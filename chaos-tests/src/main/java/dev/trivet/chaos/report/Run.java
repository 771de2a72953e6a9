package dev.trivet.chaos.report;

import dev.trivet.chaos.check.Judgement;
import dev.trivet.chaos.check.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * One run of a chaos test. Seconds are counted from its start.
 *
 * @param name of the test
 * @param seed that makes the same run again, as far as a run on real machines can be the same
 * @param command that runs it again
 * @param started when
 * @param length from the start to the end of the checks
 * @param environment a line for each thing that a reader of the numbers has to know
 * @param faults in the order they began
 * @param workloads what clients did
 * @param judgements what the checkers found
 * @param notCovered what this run says nothing about
 */
public record Run(
    String name,
    long seed,
    String command,
    Instant started,
    Duration length,
    List<String> environment,
    List<Inflicted> faults,
    List<Load> workloads,
    List<Judgement> judgements,
    List<String> notCovered) {
  /** That a fault did not end, or that the cluster did not recover, within the run. */
  public static final double NEVER = -1;

  /** Copies the lists. */
  public Run {
    environment = List.copyOf(environment);
    faults = List.copyOf(faults);
    workloads = List.copyOf(workloads);
    judgements = List.copyOf(judgements);
    notCovered = List.copyOf(notCovered);
  }

  /**
   * A fault that was inflicted.
   *
   * @param kind in a few words
   * @param endSeconds when it was undone, or {@link #NEVER}
   * @param evidence what shows that it happened
   * @param recoverySeconds from its end until clients were served as before, or {@link #NEVER}
   */
  public record Inflicted(
      String kind,
      double beginSeconds,
      double endSeconds,
      List<String> victims,
      List<String> evidence,
      double recoverySeconds) {
    /** Copies the lists. */
    public Inflicted {
      victims = List.copyOf(victims);
      evidence = List.copyOf(evidence);
    }
  }

  /**
   * What one workload did.
   *
   * @param seconds each full second, in order
   * @param gaps when nothing was answered
   */
  public record Load(
      String workload,
      long answered,
      long refused,
      long unknown,
      List<Second> seconds,
      List<Gap> gaps) {
    /** Copies the lists. */
    public Load {
      seconds = List.copyOf(seconds);
      gaps = List.copyOf(gaps);
    }
  }

  /**
   * One second of a workload.
   *
   * @param second counted from 0
   * @param answered calls that ended in it
   * @param medianMillis of the latency of those; 0 if there are none
   * @param p99Millis its 99th percentile
   * @param maxMillis the longest
   */
  public record Second(
      int second, long answered, double medianMillis, double p99Millis, double maxMillis) {}

  /** A time without an answer. */
  public record Gap(double beginSeconds, double endSeconds) {}

  /** Broken if anything is; else undecided if anything is, or if nothing was checked. */
  public Outcome outcome() {
    if (judgements.stream().anyMatch(judged -> judged.outcome() == Outcome.BROKEN)) {
      return Outcome.BROKEN;
    }
    boolean isKept = !judgements.isEmpty() && judgements.stream().allMatch(Judgement::isKept);
    return isKept ? Outcome.KEPT : Outcome.UNDECIDED;
  }
}
