package dev.trivet.state.keys;

import dev.trivet.state.entry.Counter;
import dev.trivet.state.entry.EntryContext;
import dev.trivet.store.Cursor;
import dev.trivet.store.Table;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * Removes what a compaction gave up, a bounded step at a time, so that the apply thread never stops
 * for it.
 *
 * <p>For every change up to the compacted revision, in order: the version before it goes; so does
 * the change's row in the list of revisions, and a tombstone itself, when it is below the compacted
 * revision. The rows of the compacted revision stay, since it is readable and can be watched from.
 */
public final class Compaction {
  /** Changes that one step looks at. */
  private static final int STEP_ROWS = 2_000;

  /** A key of this version was created with it, and what was before is a tombstone or nothing. */
  private static final long FIRST_VERSION = 1;

  private Compaction() {}

  public static void step(EntryContext context) {
    long compacted = context.get(Counter.COMPACTED_REVISION);
    int seen = 0;
    Map<ByteBuffer, byte[]> versions = new HashMap<>();
    try (Cursor cursor =
        context.rows().scan(Table.REVISIONS, new byte[0], KeyTables.revisionsFrom(compacted + 1))) {
      while (seen < STEP_ROWS && cursor.next()) {
        seen++;
        byte[] row = cursor.key();
        byte[] key = cursor.value();
        long revision = KeyTables.revisionOfRevisionRow(row);
        byte[] historyRow = KeyTables.historyRow(key, revision);
        byte[] stored = context.rows().get(Table.HISTORY, historyRow);
        KeyRow version = stored == null ? null : KeyRow.of(stored);
        boolean isTombstone = version != null && version.isTombstone();
        byte[] before = versions.put(ByteBuffer.wrap(key), historyRow);
        if (isTombstone || (version != null && version.version() > FIRST_VERSION)) {
          if (before == null) {
            removePrevious(context, key, historyRow);
          } else {
            context.rows().delete(Table.HISTORY, before);
          }
        }
        if (revision < compacted) {
          context.rows().delete(Table.REVISIONS, row);
          if (isTombstone) {
            context.rows().delete(Table.HISTORY, historyRow);
          }
        }
      }
    }
  }

  /**
   * Removes the version of the key that this one followed, of which no change was seen yet in this
   * step. Those before that one went in the same way, when its own change was looked at: a walk
   * from the key's first version would go over all that was removed of it, which RocksDB only
   * marks, and again for each change.
   */
  private static void removePrevious(EntryContext context, byte[] key, byte[] historyRow) {
    try (Cursor cursor =
        context.rows().scanBackward(Table.HISTORY, KeyTables.historyOf(key), historyRow)) {
      if (cursor.next()) {
        context.rows().delete(Table.HISTORY, cursor.key());
      }
    }
  }
}
