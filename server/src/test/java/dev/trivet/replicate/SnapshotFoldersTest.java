package dev.trivet.replicate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trivet.state.StateMachine;
import dev.trivet.store.LogPosition;
import dev.trivet.store.Store;
import dev.trivet.store.StoreOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotRetentionPolicy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SnapshotFoldersTest {
  private static final SnapshotRetentionPolicy KEEP_ONE =
      new SnapshotRetentionPolicy() {
        @Override
        public int getNumSnapshotsRetained() {
          return 1;
        }
      };

  @TempDir Path folder;
  private final SnapshotFolders snapshots = new SnapshotFolders();
  private RaftStorage storage;
  private Store store;
  private StateMachine state;

  @BeforeEach
  void open() throws IOException {
    storage = Storages.open(folder.resolve("group"));
    snapshots.init(storage);
    store = Store.open(folder.resolve("store"), StoreOptions.DEFAULT);
    state = new StateMachine(store, _ -> false);
  }

  @AfterEach
  void close() throws IOException {
    store.close();
    storage.close();
  }

  @Test
  void whileASnapshotIsSentNoNewerOneIsWrittenThatWouldHaveTheLogPurged() throws IOException {
    apply(5);
    assertThat(snapshots.write(store).index()).isEqualTo(5);
    apply(6);

    try (SnapshotFolders.Hold _ = snapshots.hold()) {
      assertThat(snapshots.write(store).index()).isEqualTo(5);
      assertThat(checkpoints()).containsExactly("checkpoint.1_5");
    }
    assertThat(snapshots.write(store).index()).isEqualTo(6);
    assertThat(checkpoints()).containsExactly("checkpoint.1_5", "checkpoint.1_6");
  }

  @Test
  void aSnapshotThatIsSentIsNotRemovedHoweverOldItIs() throws IOException {
    apply(5);
    var _ = snapshots.write(store);
    apply(6);
    var _ = snapshots.write(store);
    Path old = machine().resolve("checkpoint.1_5");
    var _ = Files.setLastModifiedTime(old, java.nio.file.attribute.FileTime.fromMillis(0));

    try (SnapshotFolders.Hold _ = snapshots.hold()) {
      snapshots.cleanupOldSnapshots(KEEP_ONE);
      assertThat(checkpoints()).containsExactly("checkpoint.1_5", "checkpoint.1_6");
    }
    snapshots.cleanupOldSnapshots(KEEP_ONE);
    assertThat(checkpoints()).containsExactly("checkpoint.1_6");
  }

  @Test
  void aHoldThatIsClosedTwiceDoesNotEndAnother() throws IOException {
    apply(5);
    var _ = snapshots.write(store);
    apply(6);
    SnapshotFolders.Hold first = snapshots.hold();
    try (SnapshotFolders.Hold _ = snapshots.hold()) {
      first.close();
      first.close();

      assertThat(snapshots.write(store).index()).isEqualTo(5);
    }
  }

  @Test
  void whatArrivedOfAnUnfinishedSnapshotIsGoneAfterARestart() throws IOException {
    Path arrival = storage.getStorageDir().getTmpDir().toPath().resolve("snapshot-1");
    Files.createDirectories(arrival.resolve("checkpoint.1_5"));
    Files.writeString(arrival.resolve("checkpoint.1_5").resolve("000001.sst"), "half");

    snapshots.init(storage);

    assertThat(arrival).doesNotExist();
  }

  private void apply(long index) {
    var _ = state.apply(new LogPosition(1, index), index, List.of(Cluster.command((int) index)));
  }

  private Path machine() {
    return storage.getStorageDir().getStateMachineDir().toPath();
  }

  private List<String> checkpoints() throws IOException {
    try (var files = Files.list(machine())) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }
}
