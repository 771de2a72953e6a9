package dev.trivet.state.keys;

import dev.trivet.state.entry.Counter;
import dev.trivet.state.entry.EntryContext;
import dev.trivet.store.Cursor;
import dev.trivet.store.Table;
import java.util.ArrayList;
import java.util.List;

/**
 * Removes what a compaction gave up, a bounded step at a time, so that the apply thread never stops
 * for it.
 *
 * <p>For every change up to the compacted revision: the key's older versions go; so does the
 * change's row in the list of revisions, and a tombstone itself, when it is below the compacted
 * revision. The rows of the compacted revision stay, since it is readable and can be watched from.
 */
public final class Compaction {
  /** Changes that one step looks at. */
  private static final int STEP_ROWS = 2_000;

  private Compaction() {}

  public static void step(EntryContext context) {
    long compacted = context.get(Counter.COMPACTED_REVISION);
    int seen = 0;
    try (Cursor cursor =
        context.rows().scan(Table.REVISIONS, new byte[0], KeyTables.revisionsFrom(compacted + 1))) {
      while (seen < STEP_ROWS && cursor.next()) {
        seen++;
        byte[] row = cursor.key();
        byte[] key = cursor.value();
        long revision = KeyTables.revisionOfRevisionRow(row);
        removeOlder(context, key, revision);
        if (revision < compacted) {
          context.rows().delete(Table.REVISIONS, row);
          byte[] historyRow = KeyTables.historyRow(key, revision);
          byte[] version = context.rows().get(Table.HISTORY, historyRow);
          if (version != null && KeyRow.of(version).isTombstone()) {
            context.rows().delete(Table.HISTORY, historyRow);
          }
        }
      }
    }
  }

  private static void removeOlder(EntryContext context, byte[] key, long revision) {
    List<byte[]> older = new ArrayList<>();
    try (Cursor cursor =
        context
            .rows()
            .scan(Table.HISTORY, KeyTables.historyOf(key), KeyTables.historyRow(key, revision))) {
      while (cursor.next()) {
        older.add(cursor.key());
      }
    }
    older.forEach(row -> context.rows().delete(Table.HISTORY, row));
  }
}
