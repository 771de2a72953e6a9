package dev.trivet.state.entry;

import dev.trivet.proto.etcd.Event;
import java.util.List;

/** What an entry changed that another floor must hear of, after the entry is committed. */
public sealed interface Change {
  /**
   * All events of one revision, in the order of their sub-revisions. Each event's previous version
   * is filled in where there was one.
   */
  record KeysChanged(long revision, List<Event> events) implements Change {
    public KeysChanged {
      events = List.copyOf(events);
    }
  }

  /**
   * A lease has its whole time from now on.
   *
   * @param grant tells it from earlier leases of the same id
   */
  record LeaseGranted(long id, long grant, long ttlSeconds) implements Change {}

  /** A lease was revoked or has expired. */
  record LeaseEnded(long id) implements Change {}

  /** A manifest or a slice names this extent for the first time. */
  record ExtentReferenced(ExtentId id) implements Change {}

  /** The extent's last reference is gone: it is garbage from now on. */
  record ExtentReleased(ExtentId id) implements Change {}

  /** A snapshot was restored: the key space is at this revision, and nobody was told how. */
  record Restored(long revision) implements Change {}

  /** A compaction moved the oldest readable revision. */
  record Compacted(long revision) implements Change {}
}
