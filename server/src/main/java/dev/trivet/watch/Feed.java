package dev.trivet.watch;

import dev.trivet.state.entry.Change.KeysChanged;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

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

  @Nullable KeysChanged poll() {
    KeysChanged change = changes.poll();
    if (change != null) {
      events.addAndGet(-change.events().size());
    }
    return change;
  }

  /** The newest revision that was left out; what is offered before it is already in the queue. */
  long lostRevision() {
    return lostRevision;
  }
}
