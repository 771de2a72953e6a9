package dev.trivet.state.keys;

import com.google.protobuf.ByteString;
import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.etcd.Event;
import dev.trivet.proto.etcd.KeyValue;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.state.entry.Change;
import dev.trivet.state.entry.Counter;
import dev.trivet.state.entry.EntryContext;
import dev.trivet.store.Cursor;
import dev.trivet.store.Table;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All changes to keys that one command makes: they share one revision, which is taken when the
 * first change comes.
 */
public final class KeyWriter {
  private static final byte[] PRESENT = {1};

  private final EntryContext context;
  private final long revisionBefore;
  private final List<Event> events = new ArrayList<>();
  private long revision;

  public KeyWriter(EntryContext context) {
    this.context = context;
    this.revisionBefore = context.get(Counter.REVISION);
    this.revision = revisionBefore;
  }

  /** Revision of the changes; the store's revision as long as there are none. */
  public long revision() {
    return revision;
  }

  long revisionBefore() {
    return revisionBefore;
  }

  EntryContext context() {
    return context;
  }

  /**
   * Puts one key.
   *
   * @return the version before, or null when the key was new
   * @throws dev.trivet.errors.TrivetException when the lease or, to keep a value or lease, the key
   *     does not exist
   */
  @Nullable KeyRow put(PutRequest request) {
    byte[] key = request.getKey().toByteArray();
    KeyRow before = current(key);
    requirePossible(request, before);
    long lease = request.getLease();
    ByteString value = request.getValue();
    if (before != null && request.getIgnoreValue()) {
      value = before.value();
    }
    if (before != null && request.getIgnoreLease()) {
      lease = before.lease();
    }
    take();
    KeyRow now =
        before == null
            ? KeyRow.put(revision, revision, 1, lease, value)
            : KeyRow.put(before.create(), revision, before.version() + 1, lease, value);
    context.rows().put(Table.CURRENT, key, now.bytes());
    hang(context, key, before == null ? 0 : before.lease(), lease);
    record(request.getKey(), key, now, before);
    return before;
  }

  /** Throws what {@link #put} would, as things are now. */
  void requirePossible(PutRequest request) {
    boolean needsKey = request.getIgnoreValue() || request.getIgnoreLease();
    requirePossible(request, needsKey ? current(request.getKey().toByteArray()) : null);
  }

  private void requirePossible(PutRequest request, @Nullable KeyRow before) {
    if (before == null && (request.getIgnoreValue() || request.getIgnoreLease())) {
      throw ErrorCode.KEY_NOT_FOUND.exception();
    }
    long lease = request.getLease();
    if (lease != 0 && context.rows().get(Table.LEASE, longBytes(lease)) == null) {
      throw ErrorCode.LEASE_NOT_FOUND.exception();
    }
  }

  /** Deletes all keys of a range, in key order, and returns them as they were. */
  List<KeyValue> delete(KeyRange range) {
    List<KeyValue> deleted = new ArrayList<>();
    if (range.isEmpty()) {
      return deleted;
    }
    if (range.isSingle()) {
      KeyRow row = current(range.from());
      if (row != null) {
        deleted.add(deleteOne(range.from(), row));
      }
      return deleted;
    }
    try (Cursor cursor = context.rows().scan(Table.CURRENT, range.from(), range.to())) {
      while (cursor.next()) {
        deleted.add(deleteOne(cursor.key(), KeyRow.of(cursor.value())));
      }
    }
    return deleted;
  }

  /** Deletes one key if it is there. */
  public void delete(byte[] key) {
    KeyRow row = current(key);
    if (row != null) {
      deleteOne(key, row);
    }
  }

  /** Tells the other floors what changed; the command is done. */
  public void finish() {
    if (!events.isEmpty()) {
      context.tell(new Change.KeysChanged(revision, events));
    }
  }

  @Nullable KeyRow current(byte[] key) {
    byte[] row = context.rows().get(Table.CURRENT, key);
    return row == null ? null : KeyRow.of(row);
  }

  /** Makes a version the current one without a revision of its own, and without telling anybody. */
  static void restore(EntryContext context, byte[] key, KeyRow version) {
    byte[] row = context.rows().get(Table.CURRENT, key);
    long leaseBefore = row == null ? 0 : KeyRow.of(row).lease();
    if (version.isTombstone()) {
      context.rows().delete(Table.CURRENT, key);
    } else {
      context.rows().put(Table.CURRENT, key, version.bytes());
    }
    hang(context, key, leaseBefore, version.lease());
  }

  private KeyValue deleteOne(byte[] key, KeyRow before) {
    take();
    context.rows().delete(Table.CURRENT, key);
    hang(context, key, before.lease(), 0);
    ByteString name = ByteString.copyFrom(key);
    record(name, key, KeyRow.tombstone(revision), before);
    return before.toKeyValue(name, true);
  }

  private void take() {
    if (revision == revisionBefore) {
      revision = context.next(Counter.REVISION);
    }
  }

  private void record(ByteString name, byte[] key, KeyRow now, @Nullable KeyRow before) {
    // The revision is new, and so are these two rows.
    context.rows().insert(Table.HISTORY, KeyTables.historyRow(key, revision), now.bytes());
    context.rows().insert(Table.REVISIONS, KeyTables.revisionRow(revision, events.size()), key);
    events.add(now.toEvent(name, before));
  }

  private static void hang(EntryContext context, byte[] key, long leaseBefore, long leaseNow) {
    if (leaseBefore == leaseNow) {
      return;
    }
    if (leaseBefore != 0) {
      context.rows().delete(Table.LEASE_KEY, leaseKey(leaseBefore, key));
    }
    if (leaseNow != 0) {
      context.rows().put(Table.LEASE_KEY, leaseKey(leaseNow, key), PRESENT);
    }
  }

  private static byte[] leaseKey(long lease, byte[] key) {
    return ByteBuffer.allocate(8 + key.length).putLong(lease).put(key).array();
  }

  private static byte[] longBytes(long value) {
    return ByteBuffer.allocate(8).putLong(value).array();
  }
}
