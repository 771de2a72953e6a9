package dev.trivet.state.keys;

import com.google.protobuf.ByteString;
import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.etcd.Event;
import dev.trivet.state.entry.Change;
import dev.trivet.state.entry.Counter;
import dev.trivet.store.Cursor;
import dev.trivet.store.Rows;
import dev.trivet.store.Table;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Events of past revisions, read from the tables: what a watcher that lags, or starts in the past,
 * catches up from.
 */
public final class EventLog {
  /** A batch ends behind the revision that goes beyond this. */
  private static final long MAX_BATCH_BYTES = 8 << 20;

  private EventLog() {}

  /**
   * Whole revisions, in order, from one on; more than asked for only to complete the last one, and
   * less when their values are large. Previous versions are filled in where they are still there.
   *
   * @throws dev.trivet.errors.TrivetException {@code COMPACTED} when the first revision is gone
   */
  public static List<Change.KeysChanged> read(Rows rows, long fromRevision, int maxEvents) {
    if (fromRevision < Counter.COMPACTED_REVISION.in(rows)) {
      throw ErrorCode.COMPACTED.exception();
    }
    List<Change.KeysChanged> changes = new ArrayList<>();
    List<Event> events = new ArrayList<>();
    long revision = 0;
    int total = 0;
    long bytes = 0;
    try (Cursor cursor = rows.scan(Table.REVISIONS, KeyTables.revisionsFrom(fromRevision), null)) {
      while (cursor.next()) {
        long next = KeyTables.revisionOfRevisionRow(cursor.key());
        if (next != revision && !events.isEmpty()) {
          changes.add(new Change.KeysChanged(revision, events));
          events = new ArrayList<>();
          if (total >= maxEvents || bytes >= MAX_BATCH_BYTES) {
            return changes;
          }
        }
        revision = next;
        Event event = event(rows, cursor.value(), revision);
        events.add(event);
        total++;
        bytes += event.getSerializedSize();
      }
    }
    if (!events.isEmpty()) {
      changes.add(new Change.KeysChanged(revision, events));
    }
    return changes;
  }

  private static Event event(Rows rows, byte[] key, long revision) {
    byte[] stored = rows.get(Table.HISTORY, KeyTables.historyRow(key, revision));
    if (stored == null) {
      throw new IllegalStateException(
          "revision " + revision + " is listed, but not in the history");
    }
    return KeyRow.of(stored).toEvent(ByteString.copyFrom(key), before(rows, key, revision));
  }

  private static @Nullable KeyRow before(Rows rows, byte[] key, long revision) {
    try (Cursor cursor =
        rows.scanBackward(
            Table.HISTORY, KeyTables.historyOf(key), KeyTables.historyRow(key, revision))) {
      return cursor.next() ? KeyRow.of(cursor.value()) : null;
    }
  }
}
