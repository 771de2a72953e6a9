package dev.trivet.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A disk for the stores of one simulated node: in memory, and it loses what was not flushed. The
 * store on it is the real one; {@code MemoryDiskTest} holds the tables below it to what RocksDB's
 * do.
 *
 * <p>Belongs to one thread.
 */
public final class MemoryDisk {
  private static final Path NAME = Path.of("memory");
  private static final StoreOptions OPTIONS = new StoreOptions(1 << 20, 1 << 20, 16, 64 << 10);

  private final Map<Path, Content> checkpoints = new HashMap<>();
  private Content flushed = Content.empty();

  /** The rows of all tables at one moment; nobody changes them. */
  public static final class Content {
    private final Map<Table, NavigableMap<byte[], byte[]>> tables;

    private Content(Map<Table, NavigableMap<byte[], byte[]>> tables) {
      this.tables = tables;
    }

    private static Content empty() {
      Map<Table, NavigableMap<byte[], byte[]>> tables = new EnumMap<>(Table.class);
      for (Table table : Table.values()) {
        tables.put(table, new TreeMap<>(Arrays::compareUnsigned));
      }
      return new Content(tables);
    }

    private NavigableMap<byte[], byte[]> of(Table table) {
      NavigableMap<byte[], byte[]> rows = tables.get(table);
      if (rows == null) {
        throw new StoreException("table " + table + " is not open");
      }
      return rows;
    }

    private Content copy() {
      return new Content(new EnumMap<>(tables));
    }

    /** These rows, but for the tables named, whose rows are another content's. */
    public Content withTablesOf(Content other, Set<Table> named) {
      Content mixed = copy();
      named.forEach(table -> mixed.tables.put(table, other.of(table)));
      return mixed;
    }
  }

  /** Opens a store on what was flushed. One that was open before has crashed. */
  public Store open() {
    return Store.open(NAME, OPTIONS, new Memory());
  }

  /** What the next start would find. */
  public Content flushed() {
    return flushed;
  }

  /** The checkpoint of a name. */
  public Content checkpoint(Path name) {
    Content content = checkpoints.get(name);
    if (content == null) {
      throw new StoreException("there is no checkpoint " + name);
    }
    return content;
  }

  /** Puts a checkpoint here that came from elsewhere. */
  public void receive(Path name, Content content) {
    checkpoints.put(name, content);
  }

  /** What a store's hash should be, from its rows. */
  public static long hashOf(Rows rows) {
    long hash = 0;
    for (Table table : Table.values()) {
      if (table.isHashed()) {
        try (Cursor cursor = rows.scan(table, new byte[0], null)) {
          while (cursor.next()) {
            hash += RowHash.of(table, cursor.key(), cursor.value());
          }
        }
      }
    }
    return hash;
  }

  private final class Memory implements Home {
    @Override
    public OpenTables open() {
      return new Tables(flushed);
    }

    @Override
    public void replaceWith(Path checkpoint) throws IOException {
      Content content = checkpoints.get(checkpoint);
      if (content == null) {
        throw new IOException("there is no checkpoint " + checkpoint);
      }
      flushed = content;
    }
  }

  private final class Tables implements OpenTables {
    private final Content rows;

    /** Tables whose rows somebody else sees too: to be copied before they are changed. */
    private final Set<Table> shared = EnumSet.allOf(Table.class);

    Tables(Content rows) {
      this.rows = rows.copy();
    }

    private Content share() {
      shared.addAll(EnumSet.allOf(Table.class));
      return rows.copy();
    }

    private NavigableMap<byte[], byte[]> own(Table table) {
      if (shared.remove(table)) {
        NavigableMap<byte[], byte[]> copy = new TreeMap<>(rows.of(table));
        rows.tables.put(table, copy);
      }
      return rows.of(table);
    }

    @Override
    public Rows newest() {
      return new View(rows);
    }

    @Override
    public ReadView view(Runnable onClose) {
      return new ReadView(new View(share()), onClose);
    }

    @Override
    public Writes begin() {
      return new MemoryWrites();
    }

    @Override
    public void flush() {
      flushed = share();
    }

    @Override
    public void checkpoint(Path target) {
      flush();
      checkpoints.put(target, flushed);
    }

    @Override
    public void reclaim() {}

    @Override
    public Store.Size size() {
      return new Store.Size(1, 1);
    }

    @Override
    public void close() {}

    private final class MemoryWrites implements Writes {
      private final Map<Table, NavigableMap<byte[], byte @Nullable []>> writes =
          new EnumMap<>(Table.class);

      private NavigableMap<byte[], byte @Nullable []> of(Table table) {
        return writes.computeIfAbsent(table, _ -> new TreeMap<>(Arrays::compareUnsigned));
      }

      @Override
      public void put(Table table, byte[] key, byte[] value) {
        of(table).put(key, value);
      }

      @Override
      public void delete(Table table, byte[] key) {
        of(table).put(key, null);
      }

      @Override
      public void commit() {
        for (Map.Entry<Table, NavigableMap<byte[], byte @Nullable []>> table : writes.entrySet()) {
          NavigableMap<byte[], byte[]> target = own(table.getKey());
          for (Map.Entry<byte[], byte @Nullable []> row : table.getValue().entrySet()) {
            byte[] value = row.getValue();
            if (value == null) {
              target.remove(row.getKey());
            } else {
              target.put(row.getKey(), value);
            }
          }
        }
      }

      @Override
      public void close() {}
    }
  }

  private record View(Content rows) implements Rows {
    @Override
    public byte @Nullable [] get(Table table, byte[] key) {
      return rows.of(table).get(key);
    }

    @Override
    public Cursor scan(Table table, byte[] fromInclusive, byte @Nullable [] toExclusive) {
      return range(table, fromInclusive, toExclusive, false);
    }

    @Override
    public Cursor scanBackward(Table table, byte[] fromInclusive, byte @Nullable [] toExclusive) {
      return range(table, fromInclusive, toExclusive, true);
    }

    private Cursor range(Table table, byte[] from, byte @Nullable [] to, boolean isBackward) {
      if (to != null && Arrays.compareUnsigned(from, to) >= 0) {
        return MergedCursor.EMPTY;
      }
      NavigableMap<byte[], byte[]> part = rows.of(table).tailMap(from, true);
      if (to != null) {
        part = part.headMap(to, false);
      }
      return new Walk((isBackward ? part.descendingMap() : part).entrySet().iterator());
    }
  }

  private static final class Walk implements Cursor {
    private final Iterator<Map.Entry<byte[], byte[]>> rows;
    private byte[] key = {};
    private byte[] value = {};

    Walk(Iterator<Map.Entry<byte[], byte[]>> rows) {
      this.rows = rows;
    }

    @Override
    public boolean next() {
      if (!rows.hasNext()) {
        return false;
      }
      Map.Entry<byte[], byte[]> row = rows.next();
      key = row.getKey();
      value = row.getValue();
      return true;
    }

    @Override
    public byte[] key() {
      return key;
    }

    @Override
    public byte[] value() {
      return value;
    }

    @Override
    public void close() {}
  }
}
