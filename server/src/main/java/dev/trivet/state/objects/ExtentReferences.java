package dev.trivet.state.objects;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.trivet.proto.log.ExtentRecord;
import dev.trivet.state.entry.Change;
import dev.trivet.state.entry.EntryContext;
import dev.trivet.state.entry.ExtentId;
import dev.trivet.store.Table;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Exact reference counts of extents.
 *
 * <p>Invariants: an extent's row counts the manifests and slices that name it; a row that counts
 * zero has exactly one row in the table of garbage, and never counts up again: its files may be
 * unlinked on some node already.
 *
 * <p>A command that replaces references retains the new ones before it releases the old ones, so
 * that an extent which stays does not pass through zero.
 */
public final class ExtentReferences {
  private static final byte[] NO_VALUE = {};

  private ExtentReferences() {}

  /** False when the extent is garbage: a command that names it must be refused. */
  public static boolean mayRetain(EntryContext context, ExtentId id) {
    ExtentRecord record = record(context, id);
    return record == null || record.getReferences() > 0;
  }

  /**
   * Counts one more reference.
   *
   * @param sizeBytes the extent's size; the first reference's is kept
   * @throws IllegalStateException when {@link #mayRetain} was not asked, and the extent is garbage
   */
  public static void retain(EntryContext context, ExtentId id, long sizeBytes) {
    ExtentRecord record = record(context, id);
    if (record == null) {
      write(context, id, sizeBytes, 1);
      context.tell(new Change.ExtentReferenced(id));
      return;
    }
    if (record.getReferences() == 0) {
      throw new IllegalStateException("extent " + id + " is garbage and cannot be named again");
    }
    write(context, id, record.getSizeBytes(), record.getReferences() + 1);
  }

  /**
   * Counts one reference less; with the last one the extent becomes garbage.
   *
   * @throws IllegalStateException when nothing refers to the extent
   */
  public static void release(EntryContext context, ExtentId id) {
    ExtentRecord record = record(context, id);
    if (record == null || record.getReferences() == 0) {
      throw new IllegalStateException("extent " + id + " is released more often than retained");
    }
    write(context, id, record.getSizeBytes(), record.getReferences() - 1);
    if (record.getReferences() == 1) {
      context.rows().put(Table.GARBAGE, garbageKey(context.timeMillis(), id), NO_VALUE);
      context.tell(new Change.ExtentReleased(id));
    }
  }

  /** Forgets an extent that is garbage. */
  static void forget(EntryContext context, byte[] garbageKey) {
    context.rows().delete(Table.GARBAGE, garbageKey);
    context.rows().delete(Table.EXTENT, garbageId(garbageKey).toBytes());
  }

  /** Row of the table of garbage: time of the release, then the id. */
  static byte[] garbageKey(long millis, ExtentId id) {
    return ByteBuffer.allocate(8 + ExtentId.BYTES).putLong(millis).put(id.toBytes()).array();
  }

  static long garbageMillis(byte[] garbageKey) {
    return ByteBuffer.wrap(garbageKey).getLong();
  }

  static ExtentId garbageId(byte[] garbageKey) {
    ByteBuffer fields = ByteBuffer.wrap(garbageKey);
    return new ExtentId(fields.getLong(8), fields.getLong(16));
  }

  private static @Nullable ExtentRecord record(EntryContext context, ExtentId id) {
    byte[] row = context.rows().get(Table.EXTENT, id.toBytes());
    return row == null ? null : decode(row);
  }

  static ExtentRecord decode(byte[] row) {
    try {
      return ExtentRecord.parseFrom(row);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a row of the table of extents cannot be read", e);
    }
  }

  private static void write(EntryContext context, ExtentId id, long sizeBytes, long references) {
    ExtentRecord record =
        ExtentRecord.newBuilder().setSizeBytes(sizeBytes).setReferences(references).build();
    context.rows().put(Table.EXTENT, id.toBytes(), record.toByteArray());
  }
}
