package dev.trivet.chaos.check;

import java.util.List;
import java.util.Locale;

/**
 * Whether a run did enough to prove anything: promises are easily kept by a cluster that nobody
 * asks, and by faults that do not bite.
 */
public final class Vacuity {
  private static final String BUSY = "each workload does enough to prove something";
  private static final String BITING = "each fault is seen to have happened";

  /**
   * What one workload did, and the least it has to do.
   *
   * @param leastAnswered number of calls that have to be answered
   * @param leastShare of all its calls that have to be answered, 0 to 1
   */
  public record Effort(
      String workload,
      long answered,
      long refused,
      long unknown,
      long leastAnswered,
      double leastShare) {}

  /**
   * A fault and what was seen of it at the victims.
   *
   * @param evidence each a sentence; none if nothing was seen
   */
  public record Bite(String fault, List<String> evidence) {
    /** Copies the evidence. */
    public Bite {
      evidence = List.copyOf(evidence);
    }
  }

  private Vacuity() {}

  /** Judges a run; one without any workload did nothing. */
  public static Judgement check(List<Effort> efforts, List<Bite> faults) {
    Findings findings = new Findings("vacuity");
    if (efforts.isEmpty()) {
      findings.add(BUSY, "there is no workload");
    }
    for (Effort effort : efforts) {
      long all = effort.answered() + effort.refused() + effort.unknown();
      if (effort.answered() < effort.leastAnswered()) {
        findings.add(
            BUSY,
            "%s: %d calls were answered, %d is the least"
                .formatted(effort.workload(), effort.answered(), effort.leastAnswered()));
      }
      if (all > 0 && effort.answered() < effort.leastShare() * all) {
        findings.add(
            BUSY,
            String.format(
                Locale.ROOT,
                "%s: %d of %d calls were answered, %.0f %% is the least",
                effort.workload(),
                effort.answered(),
                all,
                effort.leastShare() * 100));
      }
    }
    for (Bite fault : faults) {
      if (fault.evidence().stream().allMatch(String::isBlank)) {
        findings.add(BITING, fault.fault() + ": nothing was seen of it");
      }
    }
    return findings.judgement(efforts.size() + " workloads, " + faults.size() + " faults");
  }
}
