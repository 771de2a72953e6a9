package dev.trivet.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tables of simulations do what RocksDB's do: the same programs on both. */
final class MemoryDiskTest {
  private static final int PROGRAMS = 4;
  private static final int STEPS = 400;
  private static final int KEYS = 40;
  private static final Table[] TABLES = {Table.META, Table.CURRENT, Table.HISTORY, Table.INLINE};

  @TempDir Path folder;

  @Test
  void tablesInMemoryReadAsRocksDbs() {
    for (long seed = 1; seed <= PROGRAMS; seed++) {
      try (Store real = Store.open(folder.resolve("p" + seed), StoreOptions.DEFAULT)) {
        List<String> expected = run(real, seed, folder.resolve("c" + seed));

        assertThat(run(new MemoryDisk().open(), seed, Path.of("c")))
            .as("seed %d", seed)
            .isEqualTo(expected);
      }
    }
  }

  @Test
  void whatWasNotFlushedIsLostWithTheProcess() {
    MemoryDisk disk = new MemoryDisk();
    Store store = disk.open();
    put(store, 1, new byte[] {1});
    store.flush();
    put(store, 2, new byte[] {2});

    Store after = disk.open();

    assertThat(after.applied()).isEqualTo(new LogPosition(1, 1));
    try (ReadView view = after.view()) {
      assertThat(view.get(Table.META, new byte[] {1})).isEqualTo(new byte[] {1});
      assertThat(view.get(Table.META, new byte[] {2})).isNull();
      assertThat(MemoryDisk.hashOf(view)).isEqualTo(after.stateHash());
    }
  }

  private static void put(Store store, long index, byte[] key) {
    Batch batch = store.begin();
    batch.put(Table.META, key, key);
    store.commit(batch, new LogPosition(1, index));
  }

  /** Everything that can be read on the way, as text. */
  private static List<String> run(Store store, long seed, Path checkpoint) {
    Random random = new Random(seed);
    List<String> seen = new ArrayList<>();
    @Nullable ReadView old = null;
    for (int step = 1; step <= STEPS; step++) {
      Batch batch = store.begin();
      for (int i = random.nextInt(8); i >= 0; i--) {
        Table table = TABLES[random.nextInt(TABLES.length)];
        byte[] key = key(random);
        if (random.nextInt(3) == 0) {
          batch.delete(table, key);
        } else {
          batch.put(table, key, new byte[random.nextInt(20)]);
        }
      }
      scan(batch, random, seen);
      store.commit(batch, new LogPosition(1, step));
      seen.add("hash " + store.stateHash());
      if (old != null) {
        scan(old, random, seen);
      }
      if (random.nextInt(10) == 0) {
        if (old != null) {
          old.close();
        }
        old = store.view();
      }
      if (step == STEPS / 2) {
        store.putLocal(Table.MISSING, key(random), new byte[] {1});
        store.checkpoint(checkpoint);
      }
    }
    if (old != null) {
      old.close();
    }
    store.replaceWith(checkpoint);
    seen.add("replaced by " + store.applied() + ", hash " + store.stateHash());
    try (ReadView view = store.view()) {
      scan(view, random, seen);
      assertThat(MemoryDisk.hashOf(view)).isEqualTo(store.stateHash());
      try (Cursor missing = view.scan(Table.MISSING, new byte[0], null)) {
        assertThat(missing.next()).as("a node's own row came with the checkpoint").isFalse();
      }
    }
    return seen;
  }

  private static void scan(Rows rows, Random random, List<String> seen) {
    Table table = TABLES[random.nextInt(TABLES.length)];
    byte[] from = key(random);
    byte @Nullable [] to = random.nextBoolean() ? key(random) : null;
    add(rows.scan(table, from, to), seen);
    add(rows.scanBackward(table, from, to), seen);
    byte[] value = rows.get(table, from);
    seen.add(value == null ? "none" : HexFormat.of().formatHex(value));
  }

  private static void add(Cursor cursor, List<String> seen) {
    StringBuilder text = new StringBuilder();
    try (cursor) {
      while (cursor.next()) {
        text.append(HexFormat.of().formatHex(cursor.key()))
            .append('=')
            .append(cursor.value().length)
            .append(' ');
      }
    }
    seen.add(text.toString());
  }

  private static byte[] key(Random random) {
    int key = random.nextInt(KEYS);
    return key < 10 ? new byte[] {(byte) key} : new byte[] {(byte) (key * 6), (byte) key};
  }
}
