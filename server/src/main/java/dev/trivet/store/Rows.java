package dev.trivet.store;

import org.jspecify.annotations.Nullable;

/**
 * What can be read of the tables: a {@link Batch} in the making, or a {@link ReadView} of what is
 * committed.
 */
public interface Rows {
  /**
   * The row's value, or null when there is no such row. The array is the caller's only if it does
   * not change it.
   */
  byte @Nullable [] get(Table table, byte[] key);

  /**
   * Rows from a key on, in ascending bytewise order.
   *
   * @param toExclusive where to stop, or null for the table's end
   */
  Cursor scan(Table table, byte[] fromInclusive, byte @Nullable [] toExclusive);

  /** The same rows as {@link #scan} in descending order. */
  Cursor scanBackward(Table table, byte[] fromInclusive, byte @Nullable [] toExclusive);
}
