package dev.trivet.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trivet.proto.log.Command;
import dev.trivet.state.auth.AccessRules;
import dev.trivet.store.Batch;
import dev.trivet.store.Cursor;
import dev.trivet.store.LogPosition;
import dev.trivet.store.ReadView;
import dev.trivet.store.Store;
import dev.trivet.store.StoreOptions;
import dev.trivet.store.Table;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A store that thousands of programs use one after another: opening one costs as much as hundreds
 * of commands. The state machine is a new one for each program, so that nothing but rows could be
 * left over, and {@link #clear} proves that no row is.
 */
final class ReusedStore implements AutoCloseable {
  /** The store writes these itself, or a node does. */
  private static final Set<Table> LOCAL = EnumSet.of(Table.LOCAL, Table.MISSING);

  private static final Set<Table> REPLICATED = EnumSet.complementOf(EnumSet.copyOf(LOCAL));

  /** Deleted rows make scans slow until they are cleared away. */
  private static final int CLEARED_BEFORE_RECLAIM = 400;

  private final Path directory;

  /** Tables that had rows once: looking into the others as well costs more than a program. */
  private final Set<Table> used = EnumSet.noneOf(Table.class);

  private Store store;
  private StateMachine machine;
  private long index;
  private int cleared;

  ReusedStore(Path directory) {
    this.directory = directory;
    store = Store.open(directory, StoreOptions.DEFAULT);
    machine = new StateMachine(store, id -> true);
  }

  /** Removes all rows: the next program begins with nothing. */
  void clear() {
    clear(used);
    if (store.stateHash() != 0) {
      clear(REPLICATED);
    }
    assertThat(store.stateHash()).as("the hash of no rows").isZero();
    machine = new StateMachine(store, id -> true);
    if (++cleared % CLEARED_BEFORE_RECLAIM == 0) {
      store.reclaim();
    }
  }

  private void clear(Set<Table> tables) {
    Batch batch = store.begin();
    try (ReadView view = store.view()) {
      for (Table table : Set.copyOf(tables)) {
        try (Cursor cursor = view.scan(table, new byte[0], null)) {
          while (cursor.next()) {
            batch.delete(table, cursor.key());
            used.add(table);
          }
        }
      }
    }
    store.commit(batch, new LogPosition(1, ++index));
  }

  Applied apply(long millis, List<Command> entry) {
    return machine.apply(new LogPosition(1, ++index), millis, entry);
  }

  /** As after the end of the process. */
  void restart() {
    store.close();
    store = Store.open(directory, StoreOptions.DEFAULT);
    machine = new StateMachine(store, id -> true);
  }

  /** Goes on with the rows of another store, and with nothing else of it. */
  void takeRowsOf(ReusedStore other) {
    clear();
    take(other, used);
    if (store.stateHash() != other.store.stateHash()) {
      take(other, REPLICATED);
    }
    assertThat(store.stateHash()).as("the hash of the rows").isEqualTo(other.store.stateHash());
    machine = new StateMachine(store, id -> true);
  }

  private void take(ReusedStore other, Set<Table> tables) {
    Batch batch = store.begin();
    try (ReadView view = other.store.view()) {
      for (Table table : tables) {
        try (Cursor cursor = view.scan(table, new byte[0], null)) {
          while (cursor.next()) {
            batch.put(table, cursor.key(), cursor.value());
          }
        }
      }
    }
    store.commit(batch, new LogPosition(1, ++index));
  }

  /** Goes on from a snapshot of another store, as a member does that is far behind. */
  void takeSnapshotOf(ReusedStore other) {
    Path snapshot = directory.resolveSibling(directory.getFileName() + "-snapshot");
    index = Math.max(index, other.store.checkpoint(snapshot).index());
    store.replaceWith(snapshot);
    machine = new StateMachine(store, id -> true);
    try (Stream<Path> files = Files.walk(snapshot)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Another one after {@link #restart}. */
  Store store() {
    return store;
  }

  AccessRules access() {
    return machine.access();
  }

  ReadView view() {
    return store.view();
  }

  long hash() {
    return store.stateHash();
  }

  @Override
  public void close() {
    store.close();
  }
}
