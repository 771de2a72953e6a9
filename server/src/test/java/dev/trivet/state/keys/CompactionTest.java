package dev.trivet.state.keys;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.trivet.proto.etcd.CompactionRequest;
import dev.trivet.proto.etcd.DeleteRangeRequest;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.proto.log.Command;
import dev.trivet.proto.log.ExpireDue;
import dev.trivet.proto.log.TakeLeadership;
import dev.trivet.state.StateMachine;
import dev.trivet.state.entry.Counter;
import dev.trivet.store.Cursor;
import dev.trivet.store.LogPosition;
import dev.trivet.store.ReadView;
import dev.trivet.store.Store;
import dev.trivet.store.StoreOptions;
import dev.trivet.store.Table;
import java.io.IOException;
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
  private Store store;
  private StateMachine machine;
  private long index;

  @BeforeEach
  void open() throws IOException {
    store = Store.open(folder.resolve("store"), StoreOptions.DEFAULT);
    machine = new StateMachine(store, _ -> true);
    // Who has not taken leadership is refused what a leader sees to.
    apply(Command.newBuilder().setTakeLeadership(TakeLeadership.getDefaultInstance()).build());
  }

  @AfterEach
  void close() {
    store.close();
  }

  private void apply(Command command) {
    var _ = machine.apply(new LogPosition(1, index++), index, List.of(command));
  }

  private void put(String key) {
    apply(
        Command.newBuilder()
            .setPut(
                PutRequest.newBuilder()
                    .setKey(ByteString.copyFromUtf8(key))
                    .setValue(ByteString.copyFromUtf8("value")))
            .build());
  }

  private void delete(String key) {
    apply(
        Command.newBuilder()
            .setDeleteRange(DeleteRangeRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)))
            .build());
  }

  /** Compacts, as the leader sees to it: until nothing is left to be removed. */
  private void compact(long revision) {
    apply(
        Command.newBuilder()
            .setCompact(CompactionRequest.newBuilder().setRevision(revision))
            .build());
    while (hasBacklog()) {
      apply(Command.newBuilder().setExpireDue(ExpireDue.newBuilder().setLimit(1)).build());
    }
  }

  private boolean hasBacklog() {
    try (ReadView view = store.view()) {
      return KeyQueries.hasCompactionBacklog(view);
    }
  }

  private long revision() {
    try (ReadView view = store.view()) {
      return Counter.REVISION.in(view);
    }
  }

  /** The rows of a table, as text. */
  private List<String> rows(Table table) {
    List<String> rows = new ArrayList<>();
    try (ReadView view = store.view();
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
          delete(key);
          versions.put(revision(), false);
        } else {
          put(key);
          versions.put(revision(), true);
        }
      }
      long now = revision();
      if (now > compacted + 1) {
        compacted = compacted + 1 + random.nextLong(now - compacted);
        compact(compacted);
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
      put("key" + i % 3);
    }
    try (RocksDB meter = RocksDB.open(folder.resolve("meter").toString())) {
      // The counts are the thread's, whatever database it reads.
      meter.setPerfLevel(PerfLevel.ENABLE_COUNT);
      meter.getPerfContext().reset();

      compact(revision());

      assertThat(meter.getPerfContext().getInternalDeleteSkippedCount()).isLessThan(20L * changes);
    }
    assertThat(rows(Table.HISTORY)).hasSize(3);
  }
}
