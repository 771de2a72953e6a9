package dev.trivet.chaos.history.watch;

import java.util.List;

/**
 * What came at once.
 *
 * @param atNanos when, on the clock of the operations
 * @param revision the store's, as the head of the delivery has it: nothing at or before it comes
 *     later; 0 if it does not tell
 * @param events in the order they came; none if only progress was told
 */
public record Delivery(long atNanos, long revision, List<Seen> events) {
  /** Copies the events. */
  public Delivery {
    events = List.copyOf(events);
  }
}
