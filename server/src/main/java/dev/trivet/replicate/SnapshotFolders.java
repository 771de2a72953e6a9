package dev.trivet.replicate;

import dev.trivet.store.Folders;
import dev.trivet.store.LogPosition;
import dev.trivet.store.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.statemachine.SnapshotRetentionPolicy;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.impl.FileListSnapshotInfo;
import org.jspecify.annotations.Nullable;

/**
 * Checkpoints of the store, one folder each, named by the position they hold. A folder appears by
 * rename when it is complete. Ratis puts a received one in place by swapping the parent folder.
 */
final class SnapshotFolders implements StateMachineStorage {
  /** A complete checkpoint. */
  record Checkpoint(LogPosition position, Path folder) {}

  private static final Pattern NAME = Pattern.compile("checkpoint\\.(\\d+)_(\\d+)");
  private static final String UNFINISHED = "unfinished";
  private static final String DIGEST_SUFFIX = ".md5";

  private volatile @Nullable Path folder;

  @Override
  public void init(RaftStorage storage) throws IOException {
    Path machine = storage.getStorageDir().getStateMachineDir().toPath().toAbsolutePath();
    Files.createDirectories(machine);
    Folders.deleteTree(machine.resolve(UNFINISHED));
    folder = machine;
  }

  /** Writes a checkpoint of the store as it is now. Called on the apply thread. */
  LogPosition write(Store store) throws IOException {
    Path parent = folder();
    Checkpoint newest = newest();
    LogPosition position = store.applied();
    if (position.index() < 0 || (newest != null && newest.position().index() >= position.index())) {
      return newest == null ? LogPosition.NONE : newest.position();
    }
    Path unfinished = parent.resolve(UNFINISHED);
    Folders.deleteTree(unfinished);
    store.checkpoint(unfinished);
    Path target = parent.resolve("checkpoint." + position.term() + "_" + position.index());
    Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
    Folders.sync(parent);
    return position;
  }

  @Nullable Checkpoint newest() throws IOException {
    List<Checkpoint> all = all();
    return all.isEmpty() ? null : all.getLast();
  }

  /** Removes the digests that Ratis left beside received files: they are not the store's. */
  static void dropDigests(Path checkpoint) throws IOException {
    for (Path file : files(checkpoint)) {
      if (file.toString().endsWith(DIGEST_SUFFIX)) {
        Files.delete(file);
      }
    }
  }

  @Override
  @SuppressWarnings("NullAway") // Ratis's own contract: null means that there is none.
  public @Nullable SnapshotInfo getLatestSnapshot() {
    try {
      Checkpoint newest = folder == null ? null : newest();
      if (newest == null) {
        return null;
      }
      List<FileInfo> files =
          files(newest.folder()).stream()
              .filter(file -> !file.toString().endsWith(DIGEST_SUFFIX))
              .map(file -> new FileInfo(file, null))
              .toList();
      return new FileListSnapshotInfo(files, newest.position().term(), newest.position().index());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("listing the snapshots failed", e);
    }
  }

  @Override
  public void format() {}

  @Override
  public void cleanupOldSnapshots(SnapshotRetentionPolicy policy) throws IOException {
    List<Checkpoint> all = all();
    int kept = Math.max(1, policy.getNumSnapshotsRetained());
    for (Checkpoint old : all.subList(0, Math.max(0, all.size() - kept))) {
      Folders.deleteTree(old.folder());
    }
  }

  private Path folder() {
    Path known = folder;
    if (known == null) {
      throw new IllegalStateException("the snapshots' folder is not known before init");
    }
    return known;
  }

  private List<Checkpoint> all() throws IOException {
    if (!Files.isDirectory(folder())) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(folder())) {
      return entries
          .<Checkpoint>mapMulti(
              (path, found) -> {
                Matcher name = NAME.matcher(String.valueOf(path.getFileName()));
                if (name.matches()) {
                  found.accept(
                      new Checkpoint(
                          new LogPosition(
                              Long.parseLong(name.group(1)), Long.parseLong(name.group(2))),
                          path));
                }
              })
          .sorted(Comparator.comparingLong(checkpoint -> checkpoint.position().index()))
          .toList();
    }
  }

  /** A checkpoint has no folders; a file that is deleted meanwhile, as digests are, is left out. */
  private static List<Path> files(Path checkpoint) throws IOException {
    try (Stream<Path> entries = Files.list(checkpoint)) {
      return entries.filter(Files::isRegularFile).sorted().toList();
    }
  }
}
