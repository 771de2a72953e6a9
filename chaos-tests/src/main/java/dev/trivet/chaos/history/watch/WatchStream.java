package dev.trivet.chaos.history.watch;

import java.util.List;

/**
 * All that one watch saw, over all connections that its client made for it. One that was told that
 * its revisions are compacted ends; what comes after is another stream.
 *
 * @param watcher for the report
 * @param prefix of the keys it watches; empty for all
 * @param startRevision the first revision it asked for
 * @param endNanos when it was ended, on the clock of the operations
 * @param deliveries in the order they came
 */
public record WatchStream(
    String watcher, String prefix, long startRevision, long endNanos, List<Delivery> deliveries) {
  /** Copies the deliveries. */
  public WatchStream {
    deliveries = List.copyOf(deliveries);
  }
}
