package dev.trivet.chaos.history.list;

import java.util.List;

/**
 * What a transaction that was done answers.
 *
 * @param reads what was found, one for each {@link Step.Read}, in their order
 * @param revision of the store when it was done, its own if it appended; 0 if the answer does not
 *     tell
 */
public record TransactionAnswer(List<List<Long>> reads, long revision) {
  /** Copies the reads. */
  public TransactionAnswer {
    reads = reads.stream().map(List::copyOf).toList();
  }
}
