package dev.trivet.state.keys;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trivet.store.Cursor;
import dev.trivet.store.ReadView;
import dev.trivet.store.Table;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rocksdb.PerfLevel;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/** What compaction leaves in the tables, and what it costs. */
@Timeout(60)
final class CompactionTest {
  @TempDir private Path folder;
  private KeyNode node;

  @BeforeEach
  void open() {
    node = new KeyNode(folder.resolve("store"));
  }

  @AfterEach
  void close() {
    node.close();
  }

  /** The rows of a table, as text. */
  private List<String> rows(Table table) {
    List<String> rows = new ArrayList<>();
    try (ReadView view = node.view();
        Cursor cursor = view.scan(table, new byte[0], null)) {
      while (cursor.next()) {
        rows.add(
            table == Table.HISTORY
                ? new String(KeyTables.keyOf(cursor.key()), UTF_8)
                    + "@"
                    + KeyTables.revisionOf(cursor.key())
                : String.valueOf(KeyTables.revisionOfRevisionRow(cursor.key())));
      }
    }
    return rows;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void afterCompactionExactlyWhatCanBeReadOrWatchedIsLeft(long seed) {
    Random random = new Random(seed);
    Map<String, NavigableMap<Long, Boolean>> isPut = new TreeMap<>();
    long compacted = 0;
    for (int round = 0; round < 12; round++) {
      int changes = random.nextInt(60);
      for (int i = 0; i < changes; i++) {
        String key = "key" + random.nextInt(5);
        NavigableMap<Long, Boolean> versions = isPut.computeIfAbsent(key, _ -> new TreeMap<>());
        boolean isThere = !versions.isEmpty() && versions.lastEntry().getValue();
        if (isThere && random.nextInt(3) == 0) {
          node.delete(key);
          versions.put(node.revision(), false);
        } else {
          node.put(key);
          versions.put(node.revision(), true);
        }
      }
      long now = node.revision();
      if (now > compacted + 1) {
        compacted = compacted + 1 + random.nextLong(now - compacted);
        node.compact(compacted);
        assertThat(rows(Table.HISTORY)).as("round %d", round).isEqualTo(history(isPut, compacted));
        assertThat(rows(Table.REVISIONS)).isEqualTo(revisions(isPut, compacted));
      }
    }
  }

  /** Of each key the newest version that was there, and all later ones. */
  private static List<String> history(
      Map<String, NavigableMap<Long, Boolean>> isPut, long compacted) {
    List<String> rows = new ArrayList<>();
    isPut.forEach(
        (key, versions) -> {
          Map.Entry<Long, Boolean> oldest = versions.floorEntry(compacted);
          long from = oldest == null ? compacted : oldest.getKey();
          versions
              .tailMap(from, true)
              .forEach(
                  (revision, isThere) -> {
                    if (isThere || revision >= compacted) {
                      rows.add(key + "@" + revision);
                    }
                  });
        });
    return rows;
  }

  private static List<String> revisions(
      Map<String, NavigableMap<Long, Boolean>> isPut, long compacted) {
    TreeSet<Long> revisions = new TreeSet<>();
    isPut.values().forEach(versions -> revisions.addAll(versions.tailMap(compacted).keySet()));
    return revisions.stream().map(String::valueOf).toList();
  }

  /** RocksDB only marks what is removed, and a walk goes over all the marks. */
  @Test
  void aKeyThatIsWrittenAllTheTimeIsNotWalkedThroughAgainForEachOfItsVersions()
      throws RocksDBException {
    int changes = 12_000;
    for (int i = 0; i < changes; i++) {
      node.put("key" + i % 3);
    }
    try (RocksDB meter = RocksDB.open(folder.resolve("meter").toString())) {
      // The counts are the thread's, whatever database it reads.
      meter.setPerfLevel(PerfLevel.ENABLE_COUNT);
      meter.getPerfContext().reset();

      node.compact(node.revision());

      assertThat(meter.getPerfContext().getInternalDeleteSkippedCount()).isLessThan(20L * changes);
    }
    assertThat(rows(Table.HISTORY)).hasSize(3);
  }
}
