package dev.trivet.state.keys;

import dev.trivet.store.Cursor;
import dev.trivet.store.Rows;
import dev.trivet.store.Table;
import org.jspecify.annotations.Nullable;

/**
 * Takes a visitor over the keys of a range in their order, or against it. A key that is only to be
 * counted costs no look at its value, at the current revision.
 */
final class KeyWalk {
  private KeyWalk() {}

  /** What is done with each key that exists at the revision. */
  interface Visitor {
    /** Whether versions are wanted from here on; otherwise keys are counted. */
    boolean wantsVersions();

    void count();

    void version(byte[] key, KeyRow version);
  }

  /** Over the keys as they are now. */
  static void current(Rows rows, KeyRange range, boolean isBackward, Visitor visitor) {
    if (range.isSingle()) {
      byte[] row = rows.get(Table.CURRENT, range.from());
      if (row != null) {
        visit(range.from(), KeyRow.of(row), visitor);
      }
      return;
    }
    try (Cursor cursor = open(rows, Table.CURRENT, range.from(), range.to(), isBackward)) {
      while (cursor.next()) {
        if (visitor.wantsVersions()) {
          visitor.version(cursor.key(), KeyRow.of(cursor.value()));
        } else {
          visitor.count();
        }
      }
    }
  }

  /** Over the keys as they were: of each the newest version up to the revision. */
  static void past(Rows rows, KeyRange range, long at, boolean isBackward, Visitor visitor) {
    if (range.isSingle()) {
      newestUpTo(rows, range.from(), at, visitor);
      return;
    }
    byte[] to = range.to();
    byte[] toRow = to == null ? null : KeyTables.historyOf(to);
    byte[] fromRow = KeyTables.historyOf(range.from());
    try (Cursor cursor = open(rows, Table.HISTORY, fromRow, toRow, isBackward)) {
      if (isBackward) {
        newestFirst(cursor, at, visitor);
      } else {
        oldestFirst(cursor, at, visitor);
      }
    }
  }

  /** Looks from the revision back: a key may have very many versions before it. */
  private static void newestUpTo(Rows rows, byte[] key, long at, Visitor visitor) {
    byte[] behind = KeyTables.historyRow(key, at + 1);
    try (Cursor cursor = rows.scanBackward(Table.HISTORY, KeyTables.historyOf(key), behind)) {
      if (cursor.next()) {
        offer(cursor.key(), cursor.value(), visitor);
      }
    }
  }

  private static void oldestFirst(Cursor cursor, long at, Visitor visitor) {
    byte[] best = null;
    byte[] bestValue = null;
    while (cursor.next()) {
      byte[] row = cursor.key();
      if (best != null && bestValue != null && !KeyTables.isSameKey(best, row)) {
        offer(best, bestValue, visitor);
        best = null;
      }
      if (KeyTables.revisionOf(row) <= at) {
        best = row;
        bestValue = cursor.value();
      }
    }
    if (best != null && bestValue != null) {
      offer(best, bestValue, visitor);
    }
  }

  private static void newestFirst(Cursor cursor, long at, Visitor visitor) {
    byte[] done = null;
    while (cursor.next()) {
      byte[] row = cursor.key();
      boolean isDone = done != null && KeyTables.isSameKey(done, row);
      if (!isDone && KeyTables.revisionOf(row) <= at) {
        offer(row, cursor.value(), visitor);
        done = row;
      }
    }
  }

  private static void offer(byte[] historyRow, byte[] value, Visitor visitor) {
    KeyRow version = KeyRow.of(value);
    if (!version.isTombstone()) {
      visit(KeyTables.keyOf(historyRow), version, visitor);
    }
  }

  private static void visit(byte[] key, KeyRow version, Visitor visitor) {
    if (visitor.wantsVersions()) {
      visitor.version(key, version);
    } else {
      visitor.count();
    }
  }

  private static Cursor open(
      Rows rows, Table table, byte[] from, byte @Nullable [] to, boolean isBackward) {
    return isBackward ? rows.scanBackward(table, from, to) : rows.scan(table, from, to);
  }
}
