package dev.trivet.state.keys;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.state.entry.EntryContext;
import dev.trivet.store.Cursor;
import dev.trivet.store.Table;

/**
 * Rows of the history and of the list of revisions, as a snapshot has them.
 *
 * <p>Invariant: after any rows in any order, the current value of every key is what its newest row
 * of history says.
 */
public final class RestoredKeys {
  private static final int REVISION_ROW_BYTES = 12;

  /** One byte of key, its end and a revision. */
  private static final int MIN_HISTORY_ROW_BYTES = 11;

  private RestoredKeys() {}

  /** One version of a key. */
  public static void version(EntryContext context, byte[] historyRow, byte[] value) {
    if (historyRow.length < MIN_HISTORY_ROW_BYTES) {
      throw malformed("history");
    }
    KeyRow version;
    try {
      version = KeyRow.of(value);
    } catch (IllegalStateException e) {
      throw ErrorCode.INVALID_ARGUMENT.exception(String.valueOf(e.getMessage()), e);
    }
    context.rows().put(Table.HISTORY, historyRow, value);
    byte[] key = KeyTables.keyOf(historyRow);
    if (!hasNewer(context, key, version.mod())) {
      KeyWriter.restore(context, key, version);
    }
  }

  /** One row of the list of revisions. */
  public static void revision(EntryContext context, byte[] revisionRow, byte[] key) {
    if (revisionRow.length != REVISION_ROW_BYTES || key.length == 0) {
      throw malformed("revisions");
    }
    context.rows().put(Table.REVISIONS, revisionRow, key);
  }

  private static boolean hasNewer(EntryContext context, byte[] key, long revision) {
    try (Cursor newer =
        context
            .rows()
            .scan(
                Table.HISTORY,
                KeyTables.historyRow(key, revision + 1),
                KeyTables.historyRow(key, Long.MAX_VALUE))) {
      return newer.next();
    }
  }

  private static TrivetException malformed(String table) {
    return ErrorCode.INVALID_ARGUMENT.exception("a row of '" + table + "' is malformed");
  }
}
