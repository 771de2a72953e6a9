package dev.trivet.chaos.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * All calls of a workload, in the order of their ends while it runs. Safe for any thread.
 *
 * @param <C> what can be asked
 * @param <R> what is answered
 */
public final class History<C, R> {
  private final List<Operation<C, R>> operations = new ArrayList<>();

  /** Notes a call that has ended. */
  public synchronized void note(Operation<C, R> operation) {
    operations.add(operation);
  }

  /** How many have ended so far. */
  public synchronized int size() {
    return operations.size();
  }

  /** All that have ended, by their begins. */
  public synchronized List<Operation<C, R>> operations() {
    List<Operation<C, R>> sorted = new ArrayList<>(operations);
    sorted.sort(Comparator.comparingLong(Operation::beginNanos));
    return List.copyOf(sorted);
  }
}
