package dev.trivet.chaos.check;

import dev.trivet.chaos.history.Operation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The findings of one checker while it works: the first of them, and how many there were. */
final class Findings {
  private static final int KEPT_AT_MOST = 20;

  private final String checker;
  private final List<Finding> first = new ArrayList<>();
  private int count;

  Findings(String checker) {
    this.checker = checker;
  }

  /** Notes that a promise was broken. */
  void add(String promise, String what, Operation<?, ?>... operations) {
    add(promise, what, List.of(operations));
  }

  /** Notes that a promise was broken. */
  void add(String promise, String what, List<? extends Operation<?, ?>> operations) {
    count++;
    if (first.size() < KEPT_AT_MOST) {
      List<Operation<?, ?>> sorted = new ArrayList<>(operations);
      sorted.sort(Comparator.comparingLong(Operation::beginNanos));
      first.add(new Finding(promise, what, sorted));
    }
  }

  int count() {
    return count;
  }

  /**
   * @param looked what was looked at
   */
  Judgement judgement(String looked) {
    String more = count > first.size() ? ", the first " + first.size() + " are shown" : "";
    return new Judgement(
        checker,
        count == 0 ? Outcome.KEPT : Outcome.BROKEN,
        first,
        count == 0 ? looked : looked + ": " + count + " findings" + more);
  }
}
