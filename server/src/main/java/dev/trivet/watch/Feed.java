package dev.trivet.watch;

import dev.trivet.state.entry.Change.KeysChanged;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A bounded queue between the apply thread and the dispatcher; neither ever waits for the other. A
 * change that does not fit is left out, and remembered only by its revision.
 */
final class Feed {
  private final ConcurrentLinkedQueue<KeysChanged> changes = new ConcurrentLinkedQueue<>();
  private final AtomicInteger events = new AtomicInteger();
  private final int maxEvents;
  private volatile long lostRevision;

  Feed(int maxEvents) {
    this.maxEvents = maxEvents;
  }

  void offer(KeysChanged change) {
    int size = change.events().size();
    if (events.addAndGet(size) > maxEvents) {
      events.addAndGet(-size);
      lostRevision = change.revision();
    } else {
      changes.add(change);
    }
  }

  /** Leaves out what came up to a revision: it can be read from the store. */
  void skip(long revision) {
    lostRevision = revision;
  }

  /**
   * Takes revisions that follow each other without a gap: as many as make up {@code maxEvents}
   * events, at least one if there is any.
   */
  List<KeysChanged> poll(int maxEvents) {
    List<KeysChanged> taken = new ArrayList<>();
    int sum = 0;
    for (KeysChanged change = changes.peek();
        change != null && sum < maxEvents && follows(taken, change);
        change = changes.peek()) {
      taken.add(change);
      sum += change.events().size();
      changes.remove();
    }
    events.addAndGet(-sum);
    return taken;
  }

  private static boolean follows(List<KeysChanged> taken, KeysChanged change) {
    return taken.isEmpty() || change.revision() == taken.getLast().revision() + 1;
  }

  /** The newest revision that was left out; what is offered before it is already in the queue. */
  long lostRevision() {
    return lostRevision;
  }
}
