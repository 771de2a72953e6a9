package dev.trivet.store;

import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/** Reads of RocksDB with given options (a snapshot or the newest). */
final class RocksRows implements Rows {
  private final RocksDB database;
  private final Map<Table, ColumnFamilyHandle> families;
  private final ReadOptions options;

  RocksRows(RocksDB database, Map<Table, ColumnFamilyHandle> families, ReadOptions options) {
    this.database = database;
    this.families = families;
    this.options = options;
  }

  @Override
  public byte @Nullable [] get(Table table, byte[] key) {
    try {
      return database.get(family(table), options, key);
    } catch (RocksDBException e) {
      throw new StoreException("reading table " + table + " failed", e);
    }
  }

  @Override
  public Cursor scan(Table table, byte[] fromInclusive, byte @Nullable [] toExclusive) {
    return new Walk(
        database.newIterator(family(table), options), fromInclusive, toExclusive, false);
  }

  @Override
  public Cursor scanBackward(Table table, byte[] fromInclusive, byte @Nullable [] toExclusive) {
    return new Walk(database.newIterator(family(table), options), fromInclusive, toExclusive, true);
  }

  private ColumnFamilyHandle family(Table table) {
    ColumnFamilyHandle family = families.get(table);
    if (family == null) {
      throw new StoreException("table " + table + " is not open");
    }
    return family;
  }

  private static final class Walk implements Cursor {
    private final RocksIterator iterator;
    private final byte[] from;
    private final byte @Nullable [] to;
    private final boolean backward;
    private boolean started;
    private byte[] key = new byte[0];

    Walk(RocksIterator iterator, byte[] from, byte @Nullable [] to, boolean backward) {
      this.iterator = iterator;
      this.from = from;
      this.to = to;
      this.backward = backward;
    }

    @Override
    public boolean next() {
      step();
      if (!iterator.isValid()) {
        try {
          iterator.status();
        } catch (RocksDBException e) {
          throw new StoreException("walking a table failed", e);
        }
        return false;
      }
      key = iterator.key();
      return backward
          ? Arrays.compareUnsigned(key, from) >= 0
          : to == null || Arrays.compareUnsigned(key, to) < 0;
    }

    private void step() {
      if (started) {
        if (!iterator.isValid()) {
          return;
        }
        if (backward) {
          iterator.prev();
        } else {
          iterator.next();
        }
        return;
      }
      started = true;
      if (!backward) {
        iterator.seek(from);
      } else if (to == null) {
        iterator.seekToLast();
      } else {
        iterator.seekForPrev(to);
        if (iterator.isValid() && Arrays.equals(iterator.key(), to)) {
          iterator.prev();
        }
      }
    }

    @Override
    public byte[] key() {
      return key;
    }

    @Override
    public byte[] value() {
      return iterator.value();
    }

    @Override
    public void close() {
      iterator.close();
    }
  }
}
