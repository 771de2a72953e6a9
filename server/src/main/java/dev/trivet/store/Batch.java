package dev.trivet.store;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All writes of one log entry in the making. Reads see what the batch has written so far. Every row
 * that was read or written is remembered with the value it had before, which makes repeated reads
 * cheap and lets the state hash be carried forward at commit.
 *
 * <p>Belongs to the apply thread.
 */
public final class Batch implements Rows {
  /** A row as it was before this batch, and as it is now. Null: absent. */
  static final class Cell {
    final byte @Nullable [] before;
    byte @Nullable [] now;

    Cell(byte @Nullable [] before) {
      this.before = before;
      this.now = before;
    }

    boolean isChanged() {
      return !Arrays.equals(before, now);
    }
  }

  /** A cell and the value to give back to it. */
  private static final class Undo {
    final Cell cell;
    final byte @Nullable [] value;

    Undo(Cell cell, byte @Nullable [] value) {
      this.cell = cell;
      this.value = value;
    }
  }

  private final Rows below;
  private final Map<Table, NavigableMap<byte[], Cell>> cells = new EnumMap<>(Table.class);
  private final List<Undo> undo = new ArrayList<>();
  private boolean recording;

  Batch(Rows below) {
    this.below = below;
  }

  @Override
  public byte @Nullable [] get(Table table, byte[] key) {
    return cell(table, key).now;
  }

  /** Sets a row. The arrays must not be changed afterwards. */
  public void put(Table table, byte[] key, byte[] value) {
    set(cell(table, key), value);
  }

  /**
   * Sets a row that is not there yet, which spares looking for it. It is the caller's to know: rows
   * whose key holds a number that was just given out. A row that was there all the same would stay
   * in the state hash.
   */
  public void insert(Table table, byte[] key, byte[] value) {
    NavigableMap<byte[], Cell> rows = cells(table);
    Cell cell = rows.get(key);
    if (cell == null) {
      assert below.get(table, key) == null : "row of " + table + " inserted twice";
      cell = new Cell(null);
      rows.put(key, cell);
    }
    set(cell, value);
  }

  /** Removes a row; nothing happens when there is none. */
  public void delete(Table table, byte[] key) {
    set(cell(table, key), null);
  }

  /**
   * From here on {@link #rollback} can undo. There is one savepoint at a time: a new one replaces
   * the last.
   */
  public void savepoint() {
    undo.clear();
    recording = true;
  }

  /** Undoes all writes since the savepoint. */
  public void rollback() {
    if (!recording) {
      throw new IllegalStateException("rollback without a savepoint");
    }
    for (Undo step : undo.reversed()) {
      step.cell.now = step.value;
    }
    undo.clear();
    recording = false;
  }

  @Override
  public Cursor scan(Table table, byte[] fromInclusive, byte @Nullable [] toExclusive) {
    return merged(table, fromInclusive, toExclusive, false);
  }

  @Override
  public Cursor scanBackward(Table table, byte[] fromInclusive, byte @Nullable [] toExclusive) {
    return merged(table, fromInclusive, toExclusive, true);
  }

  /** The rows that differ from before, in key order. */
  NavigableMap<byte[], Cell> touched(Table table) {
    NavigableMap<byte[], Cell> rows = cells.get(table);
    return rows == null ? new TreeMap<>(Arrays::compareUnsigned) : rows;
  }

  private void set(Cell cell, byte @Nullable [] value) {
    if (recording) {
      undo.add(new Undo(cell, cell.now));
    }
    cell.now = value;
  }

  private NavigableMap<byte[], Cell> cells(Table table) {
    return cells.computeIfAbsent(table, t -> new TreeMap<>(Arrays::compareUnsigned));
  }

  private Cell cell(Table table, byte[] key) {
    NavigableMap<byte[], Cell> rows = cells(table);
    Cell cell = rows.get(key);
    if (cell == null) {
      cell = new Cell(below.get(table, key));
      rows.put(key, cell);
    }
    return cell;
  }

  /** A copy of the overlay's part is taken, so that the walker may write while it walks. */
  private Cursor merged(Table table, byte[] from, byte @Nullable [] to, boolean backward) {
    NavigableMap<byte[], Cell> overlay = touched(table).tailMap(from, true);
    if (to != null) {
      if (Arrays.compareUnsigned(from, to) >= 0) {
        return MergedCursor.EMPTY;
      }
      overlay = overlay.headMap(to, false);
    }
    List<MergedCursor.Row> changed = new ArrayList<>();
    Iterator<Map.Entry<byte[], Cell>> entries =
        (backward ? overlay.descendingMap() : overlay).entrySet().iterator();
    while (entries.hasNext()) {
      Map.Entry<byte[], Cell> entry = entries.next();
      if (entry.getValue().isChanged()) {
        changed.add(new MergedCursor.Row(entry.getKey(), entry.getValue().now));
      }
    }
    Cursor stored = backward ? below.scanBackward(table, from, to) : below.scan(table, from, to);
    return changed.isEmpty() ? stored : new MergedCursor(stored, changed, backward);
  }
}
