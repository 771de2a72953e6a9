package dev.trivet.state.keys;

import dev.trivet.errors.ErrorCode;
import dev.trivet.state.entry.Counter;
import dev.trivet.store.Cursor;
import dev.trivet.store.Rows;
import dev.trivet.store.Table;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A checksum of the key space up to a revision, by which members are compared: the same on all that
 * are compacted to the same revision, however much of what that gave up is still to be removed.
 *
 * <p>It covers what can still be read: every version after the compacted revision, and of each key
 * the newest up to it unless that is a tombstone.
 *
 * @param hash CRC-32C
 * @param revision up to which versions are in it
 * @param compactedRevision of the rows
 * @param currentRevision of the rows
 */
public record KeyHash(int hash, long revision, long compactedRevision, long currentRevision) {
  /**
   * Reads the whole history once.
   *
   * @param revision 0 or less: now
   * @throws dev.trivet.errors.TrivetException COMPACTED, FUTURE_REVISION or RESTORING
   */
  public static KeyHash of(Rows rows, long revision) {
    long now = Counter.readableRevision(rows);
    long compacted = Counter.COMPACTED_REVISION.in(rows);
    if (revision > now) {
      throw ErrorCode.FUTURE_REVISION.exception();
    }
    if (revision > 0 && revision < compacted) {
      throw ErrorCode.COMPACTED.exception();
    }
    long at = revision > 0 ? revision : now;
    Sum sum = new Sum();
    try (Cursor cursor = rows.scan(Table.HISTORY, new byte[0], null)) {
      while (cursor.next()) {
        byte[] row = cursor.key();
        long made = KeyTables.revisionOf(row);
        if (made > at) {
          continue;
        }
        sum.endUnless(row);
        if (made <= compacted) {
          sum.hold(row, cursor.value());
        } else {
          sum.end();
          sum.add(row, cursor.value());
        }
      }
    }
    sum.end();
    return new KeyHash((int) sum.crc.getValue(), at, compacted, now);
  }

  /** The version held back is the newest of its key up to the compacted revision, so far. */
  private static final class Sum {
    private final CRC32C crc = new CRC32C();
    private byte @Nullable [] row;
    private byte @Nullable [] value;

    void hold(byte[] heldRow, byte[] heldValue) {
      row = heldRow;
      value = heldValue;
    }

    /** Another key begins: the version held back is the one that counts. */
    void endUnless(byte[] next) {
      if (row != null && !KeyTables.isSameKey(row, next)) {
        end();
      }
    }

    void end() {
      if (row != null && value != null && !KeyRow.of(value).isTombstone()) {
        add(row, value);
      }
      row = null;
      value = null;
    }

    void add(byte[] addedRow, byte[] addedValue) {
      crc.update(addedRow);
      crc.update(addedValue);
    }
  }
}
