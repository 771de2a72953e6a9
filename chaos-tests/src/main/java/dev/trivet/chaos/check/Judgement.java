package dev.trivet.chaos.check;

import java.util.List;

/**
 * What one checker found.
 *
 * <p>Invariant: broken if and only if there are findings, unless undecided.
 *
 * @param checker whose it is
 * @param outcome what it came to
 * @param findings the first of them, in the order they were found
 * @param note how much was looked at, or why it is undecided
 */
public record Judgement(String checker, Outcome outcome, List<Finding> findings, String note) {
  /** Checks the invariant and copies the findings. */
  public Judgement {
    findings = List.copyOf(findings);
    if (outcome != Outcome.UNDECIDED && (outcome == Outcome.BROKEN) == findings.isEmpty()) {
      throw new IllegalArgumentException(outcome + " with " + findings.size() + " findings");
    }
  }

  /** Whether the promise was shown to be kept. */
  public boolean isKept() {
    return outcome == Outcome.KEPT;
  }
}
