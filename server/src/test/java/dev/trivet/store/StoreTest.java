package dev.trivet.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StoreTest {
  @TempDir Path folder;

  @Test
  void theAppliedIndexAndTheRowsComeBackTogetherAfterAReopen() {
    try (Store store = open("a")) {
      put(store, 1, "k", "v");
    }

    try (Store store = open("a")) {
      assertThat(store.applied()).isEqualTo(new LogPosition(1, 1));
      assertThat(get(store, "k")).isEqualTo("v");
    }
  }

  @Test
  void anEntryIsNeverCommittedTwice() {
    try (Store store = open("a")) {
      put(store, 5, "k", "v");

      Batch again = store.begin();
      again.put(Table.CURRENT, bytes("k"), bytes("w"));
      assertThatThrownBy(() -> store.commit(again, new LogPosition(1, 5)))
          .isInstanceOf(StoreException.class);

      assertThat(get(store, "k")).isEqualTo("v");
    }
  }

  @Test
  void aViewNeverChanges() {
    try (Store store = open("a")) {
      put(store, 1, "k", "v");

      try (ReadView view = store.view()) {
        put(store, 2, "k", "w");

        assertThat(view.get(Table.CURRENT, bytes("k"))).isEqualTo(bytes("v"));
        assertThat(Store.appliedIn(view).index()).isEqualTo(1);
      }
      assertThat(get(store, "k")).isEqualTo("w");
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void theNextBatchReadsWhatIsCommittedHoweverLittleIsRemembered(long seed) {
    Random random = new Random(seed);
    NavigableMap<String, String> model = new TreeMap<>();
    StoreOptions options = new StoreOptions(1 << 20, 1 << 20, 16, random.nextInt(2_000));
    try (Store store = Store.open(folder.resolve("seed" + seed), options)) {
      for (int entry = 1; entry <= 300; entry++) {
        Batch batch = store.begin();
        for (int i = random.nextInt(5); i >= 0; i--) {
          String key = "k" + random.nextInt(12);
          byte @Nullable [] known = batch.get(Table.CURRENT, bytes(key));
          assertThat(known == null ? null : new String(known, UTF_8))
              .as("seed %d, entry %d, %s", seed, entry, key)
              .isEqualTo(model.get(key));
          if (random.nextInt(3) == 0) {
            batch.delete(Table.CURRENT, bytes(key));
            model.remove(key);
          } else {
            String value = "v".repeat(random.nextInt(60)) + entry;
            batch.put(Table.CURRENT, bytes(key), bytes(value));
            model.put(key, value);
          }
        }
        store.commit(batch, new LogPosition(1, entry));
        if (random.nextInt(60) == 0) {
          Path checkpoint = folder.resolve("seed" + seed + "-" + entry);
          var _ = store.checkpoint(checkpoint);
          Batch after = store.begin();
          after.put(Table.CURRENT, bytes("k0"), bytes("gone"));
          store.commit(after, new LogPosition(1, ++entry));
          store.replaceWith(checkpoint);
          entry--;
        }
      }
    }
  }

  @Test
  void aRollbackUndoesAllSinceTheSavepointAndNothingBefore() {
    try (Store store = open("a")) {
      put(store, 1, "old", "1");
      Batch batch = store.begin();
      batch.put(Table.CURRENT, bytes("before"), bytes("1"));
      batch.savepoint();
      batch.put(Table.CURRENT, bytes("before"), bytes("2"));
      batch.put(Table.CURRENT, bytes("after"), bytes("3"));
      batch.delete(Table.CURRENT, bytes("old"));

      batch.rollback();
      store.commit(batch, new LogPosition(1, 2));

      assertThat(rows(store)).isEqualTo(List.of("before=1", "old=1"));
    }
  }

  @Test
  void aCheckpointTakesThePlaceOfAnotherNodesStateWithoutItsLocalRows() {
    Path checkpoint = folder.resolve("checkpoint");
    long hash;
    try (Store source = open("source")) {
      put(source, 7, "k", "v");
      source.putLocal(Table.MISSING, bytes("extent"), bytes("1"));
      assertThat(source.checkpoint(checkpoint).index()).isEqualTo(7);
      hash = source.stateHash();
    }

    try (Store target = open("target")) {
      put(target, 1, "mine", "x");
      target.replaceWith(checkpoint);

      assertThat(rows(target)).isEqualTo(List.of("k=v"));
      assertThat(target.applied().index()).isEqualTo(7);
      assertThat(target.stateHash()).isEqualTo(hash);
      try (ReadView view = target.view();
          Cursor missing = view.scan(Table.MISSING, new byte[0], null)) {
        assertThat(missing.next()).isFalse();
      }
    }
  }

  @Test
  void aCrashWhileTheStoreIsReplacedLeavesTheOldOneOrTheNewOne() throws IOException {
    Path directory = folder.resolve("target");
    Path outgoing = folder.resolve("target.outgoing");
    Path incoming = folder.resolve("target.incoming");
    try (Store target = open("target")) {
      put(target, 1, "mine", "x");
      target.checkpoint(folder.resolve("old"));
    }

    // Cut off between the two renames.
    Folders.deleteTree(directory);
    Folders.linkTree(folder.resolve("old"), outgoing);
    Folders.linkTree(folder.resolve("old"), incoming);
    assertThat(Store.exists(directory)).isTrue();
    try (Store target = open("target")) {
      assertThat(rows(target)).isEqualTo(List.of("mine=x"));
    }
    assertThat(outgoing).doesNotExist();
    assertThat(incoming).doesNotExist();

    // Cut off before the old one was deleted.
    Files.createDirectories(outgoing);
    try (Store target = open("target")) {
      assertThat(rows(target)).isEqualTo(List.of("mine=x"));
    }
    assertThat(outgoing).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void scansOfABatchSeeItsWritesInOrderBothWays(long seed) {
    Random random = new Random(seed);
    TreeMap<String, String> model = new TreeMap<>();
    try (Store store = open("s" + seed)) {
      for (int index = 1; index <= 30; index++) {
        Batch batch = store.begin();
        for (int step = random.nextInt(12); step > 0; step--) {
          String key = "k" + (char) ('a' + random.nextInt(12));
          if (random.nextInt(3) == 0) {
            batch.delete(Table.CURRENT, bytes(key));
            model.remove(key);
          } else {
            batch.put(Table.CURRENT, bytes(key), bytes("v" + index + step));
            model.put(key, "v" + index + step);
          }
        }
        String from = "k" + (char) ('a' + random.nextInt(12));
        String to = random.nextBoolean() ? null : "k" + (char) ('a' + random.nextInt(13));
        assertThat(collect(batch.scan(Table.CURRENT, bytes(from), to == null ? null : bytes(to))))
            .as("seed %d, entry %d, from %s to %s", seed, index, from, to)
            .isEqualTo(expected(model, from, to));
        assertThat(
                collect(
                    batch.scanBackward(Table.CURRENT, bytes(from), to == null ? null : bytes(to))))
            .as("seed %d, entry %d, backward from %s to %s", seed, index, from, to)
            .isEqualTo(expected(model, from, to).reversed());
        store.commit(batch, new LogPosition(1, index));
      }
      assertThat(rows(store)).as("seed %d", seed).isEqualTo(expected(model, "", null));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13, 14})
  void theStateHashDoesNotDependOnHowWritesWereGroupedOrOnReopening(long seed) {
    long one = hashAfter(seed, "one", 1, false);
    long grouped = hashAfter(seed, "grouped", 7, false);
    long reopened = hashAfter(seed, "reopened", 5, true);

    assertThat(grouped).as("seed %d", seed).isEqualTo(one);
    assertThat(reopened).as("seed %d", seed).isEqualTo(one);
  }

  @Test
  void theStateHashTellsStatesApartThatDifferInOneByte() {
    try (Store first = open("a");
        Store second = open("b")) {
      put(first, 1, "k", "v");
      put(second, 1, "k", "w");

      assertThat(first.stateHash()).isNotEqualTo(second.stateHash());
    }
  }

  private long hashAfter(long seed, String name, int group, boolean isReopening) {
    Random random = new Random(seed);
    Store store = open(name);
    Batch batch = store.begin();
    int index = 0;
    for (int write = 1; write <= 140; write++) {
      byte[] key = bytes("k" + random.nextInt(20));
      Table table = random.nextBoolean() ? Table.CURRENT : Table.INODE;
      if (random.nextInt(4) == 0) {
        batch.delete(table, key);
      } else {
        batch.put(table, key, bytes("v" + random.nextInt(5)));
      }
      if (write % group == 0) {
        store.commit(batch, new LogPosition(1, ++index));
        if (isReopening) {
          store.close();
          store = open(name);
        }
        batch = store.begin();
      }
    }
    store.commit(batch, new LogPosition(1, ++index));
    long hash = store.stateHash();
    store.close();
    return hash;
  }

  private Store open(String name) {
    return Store.open(folder.resolve(name), StoreOptions.DEFAULT);
  }

  private static void put(Store store, long index, String key, String value) {
    Batch batch = store.begin();
    batch.put(Table.CURRENT, bytes(key), bytes(value));
    store.commit(batch, new LogPosition(1, index));
  }

  private static @Nullable String get(Store store, String key) {
    try (ReadView view = store.view()) {
      byte[] value = view.get(Table.CURRENT, bytes(key));
      return value == null ? null : new String(value, UTF_8);
    }
  }

  private static List<String> rows(Store store) {
    try (ReadView view = store.view()) {
      return collect(view.scan(Table.CURRENT, new byte[0], null));
    }
  }

  private static List<String> collect(Cursor cursor) {
    List<String> rows = new ArrayList<>();
    try (cursor) {
      while (cursor.next()) {
        rows.add(new String(cursor.key(), UTF_8) + "=" + new String(cursor.value(), UTF_8));
      }
    }
    return rows;
  }

  private static List<String> expected(
      NavigableMap<String, String> model, String from, @Nullable String to) {
    List<String> rows = new ArrayList<>();
    model
        .tailMap(from)
        .forEach(
            (key, value) -> {
              if (to == null || key.compareTo(to) < 0) {
                rows.add(key + "=" + value);
              }
            });
    return rows;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
