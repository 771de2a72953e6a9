package dev.trivet.watch;

import dev.trivet.proto.etcd.Event;
import dev.trivet.state.entry.Change.KeysChanged;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The last revisions that the dispatcher saw, for watchers that are a little behind: they are many
 * at once when a stream is full for a moment, and to read for them from the store would put them
 * further behind. Belongs to the dispatcher.
 *
 * <p>Invariant: the revisions follow each other without a gap; whoever leaves one out clears this.
 */
final class Recent {
  private static final long MAX_BYTES = 4 << 20;

  /** What an event needs besides its content. */
  private static final int EVENT_BYTES = 200;

  private final TreeMap<Long, KeysChanged> revisions = new TreeMap<>();
  private long bytes;

  void add(Batch batch) {
    for (KeysChanged change : batch.revisions()) {
      revisions.put(change.revision(), change);
      bytes += size(change);
    }
    while (bytes > MAX_BYTES) {
      bytes -= size(revisions.pollFirstEntry().getValue());
    }
  }

  void clear() {
    revisions.clear();
    bytes = 0;
  }

  /**
   * Revisions from one on, as many as make up {@code maxEvents} events, at least one; empty when
   * that one is not here.
   */
  List<KeysChanged> from(long revision, int maxEvents) {
    List<KeysChanged> found = new ArrayList<>();
    if (revisions.containsKey(revision)) {
      int sum = 0;
      for (Map.Entry<Long, KeysChanged> entry : revisions.tailMap(revision).entrySet()) {
        if (sum >= maxEvents) {
          break;
        }
        found.add(entry.getValue());
        sum += entry.getValue().events().size();
      }
    }
    return found;
  }

  private static long size(KeysChanged change) {
    long sum = EVENT_BYTES;
    for (Event event : change.events()) {
      sum += EVENT_BYTES + event.getSerializedSize();
    }
    return sum;
  }
}
