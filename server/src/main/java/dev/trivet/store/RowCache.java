package dev.trivet.store;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the apply thread read or wrote last, so that a key that is written again and the state's
 * counters cost no look-up in RocksDB: those take a third of applying a put.
 *
 * <p>Invariants: a row that is here equals the committed one; {@code bytes <= maxBytes} after each
 * commit. Rows that are absent are not remembered. Belongs to the apply thread.
 */
final class RowCache implements Rows {
  /** The tables whose rows are read by their whole keys, and again soon. */
  private static final Set<Table> TABLES = EnumSet.of(Table.META, Table.CURRENT, Table.LEASE);

  /** An entry's own objects, beside the bytes of its key and value. */
  private static final int ENTRY_BYTES = 112;

  /** Larger ones are rare, and worth the look-up. */
  private static final int MAX_VALUE_BYTES = 16 << 10;

  private final Rows below;
  private final long maxBytes;
  private final Map<Name, byte[]> rows = new LinkedHashMap<>(64, 0.75f, true);
  private long bytes;

  RowCache(Rows below, long maxBytes) {
    this.below = below;
    this.maxBytes = maxBytes;
  }

  /** Where a row is. The array is not changed after it was given. */
  private static final class Name {
    private final Table table;
    private final byte[] key;
    private final int hash;

    Name(Table table, byte[] key) {
      this.table = table;
      this.key = key;
      this.hash = 31 * Arrays.hashCode(key) + table.id();
    }

    @Override
    public int hashCode() {
      return hash;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Name name
          && name.hash == hash
          && name.table == table
          && Arrays.equals(name.key, key);
    }
  }

  @Override
  public byte @Nullable [] get(Table table, byte[] key) {
    if (!TABLES.contains(table)) {
      return below.get(table, key);
    }
    Name name = new Name(table, key);
    byte[] known = rows.get(name);
    if (known != null) {
      return known;
    }
    byte[] read = below.get(table, key);
    if (read != null) {
      remember(name, read);
    }
    return read;
  }

  @Override
  public Cursor scan(Table table, byte[] fromInclusive, byte @Nullable [] toExclusive) {
    return below.scan(table, fromInclusive, toExclusive);
  }

  @Override
  public Cursor scanBackward(Table table, byte[] fromInclusive, byte @Nullable [] toExclusive) {
    return below.scanBackward(table, fromInclusive, toExclusive);
  }

  /** Takes over a row of a batch that was committed; null: it is gone. */
  void committed(Table table, byte[] key, byte @Nullable [] now) {
    if (!TABLES.contains(table)) {
      return;
    }
    Name name = new Name(table, key);
    if (now == null || now.length > MAX_VALUE_BYTES) {
      forget(name, rows.remove(name));
    } else {
      remember(name, now);
    }
  }

  /** Lets go of what was used longest ago. */
  void trim() {
    Iterator<Map.Entry<Name, byte[]>> oldest = rows.entrySet().iterator();
    while (bytes > maxBytes && oldest.hasNext()) {
      Map.Entry<Name, byte[]> row = oldest.next();
      oldest.remove();
      bytes -= size(row.getKey(), row.getValue());
    }
  }

  private void remember(Name name, byte[] value) {
    if (value.length > MAX_VALUE_BYTES) {
      return;
    }
    forget(name, rows.put(name, value));
    bytes += size(name, value);
  }

  private void forget(Name name, byte @Nullable [] value) {
    if (value != null) {
      bytes -= size(name, value);
    }
  }

  private static long size(Name name, byte[] value) {
    return ENTRY_BYTES + name.key.length + (long) value.length;
  }
}
