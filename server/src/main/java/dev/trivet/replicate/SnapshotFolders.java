package dev.trivet.replicate;

import dev.trivet.store.Folders;
import dev.trivet.store.LogPosition;
import dev.trivet.store.Store;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
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
 *
 * <p>While one is being sent, none is written and none removed: who gets it needs the log from
 * there on, and with a newer one the log would be purged up to that.
 */
final class SnapshotFolders implements StateMachineStorage {
  /** A complete checkpoint. */
  record Checkpoint(LogPosition position, Path folder) {}

  private static final Pattern NAME = Pattern.compile("checkpoint\\.(\\d+)_(\\d+)");

  /** One that is being sent must not go before it has arrived, however fast others follow. */
  private static final Duration MIN_AGE = Duration.ofSeconds(30);

  private static final String UNFINISHED = "unfinished";

  /** Ratis's name for what arrives. */
  private static final String ARRIVAL = "snapshot-";

  private static final String DIGEST_SUFFIX = ".md5";

  /**
   * What Ratis was last told: it asks with every message to a follower, and looking at each file
   * took most of an idle leader's time.
   *
   * @param key of the parent folder, another after Ratis has swapped it
   * @param info null: there is no checkpoint
   */
  private record Told(@Nullable Object key, FileTime modified, @Nullable SnapshotInfo info) {}

  private volatile @Nullable Path folder;

  /** Where Ratis collects one that arrives. */
  private volatile @Nullable Path arrivals;

  private volatile @Nullable Told told;
  private final AtomicInteger holds = new AtomicInteger();

  /** Keeps the checkpoints that are there, until it is closed. */
  interface Hold extends AutoCloseable {
    @Override
    void close();
  }

  @Override
  public void init(RaftStorage storage) throws IOException {
    Path machine = storage.getStorageDir().getStateMachineDir().toPath().toAbsolutePath();
    Files.createDirectories(machine);
    Folders.deleteTree(machine.resolve(UNFINISHED));
    folder = machine;
    arrivals = storage.getStorageDir().getTmpDir().toPath().toAbsolutePath();
    dropArrivals();
  }

  /** While some node is being sent the newest one. */
  Hold hold() {
    holds.incrementAndGet();
    AtomicBoolean isOpen = new AtomicBoolean(true);
    return () -> {
      if (isOpen.getAndSet(false)) {
        holds.decrementAndGet();
      }
    };
  }

  /** Removes what has arrived of snapshots that did not arrive to their end. */
  void dropArrivals() throws IOException {
    for (Path arrival : arrivals()) {
      Folders.deleteTree(arrival);
    }
  }

  /**
   * Brings one file of a snapshot that arrives to disk, so that little is left to do at the end.
   *
   * @param requestId Ratis's name for this sending
   * @param name the file's, below the folder of the group
   */
  void forceArrival(String requestId, String name) throws IOException {
    Path collected = arrivals;
    Path below = Path.of(name);
    if (collected != null && below.getNameCount() > 1) {
      Folders.sync(
          collected.resolve(ARRIVAL + requestId).resolve(below.subpath(1, below.getNameCount())));
    }
  }

  /** Brings the files of the snapshot that has arrived to disk, before it is put in place. */
  void forceArrivals() throws IOException {
    for (Path arrival : arrivals()) {
      Folders.syncTree(arrival);
    }
  }

  /** After Ratis has put one in place. */
  void syncPlace() throws IOException {
    Folders.sync(folder().resolveSibling("."));
  }

  private List<Path> arrivals() throws IOException {
    Path collected = arrivals;
    if (collected == null || !Files.isDirectory(collected)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(collected)) {
      return entries
          .filter(entry -> String.valueOf(entry.getFileName()).startsWith(ARRIVAL))
          .toList();
    }
  }

  /** Writes a checkpoint of the store as it is now. Called on the apply thread. */
  LogPosition write(Store store) throws IOException {
    Path parent = folder();
    Checkpoint newest = newest();
    LogPosition position = store.applied();
    if (position.index() < 0
        || (newest != null && (holds.get() > 0 || newest.position().index() >= position.index()))) {
      return newest == null ? LogPosition.NONE : newest.position();
    }
    Path unfinished = parent.resolve(UNFINISHED);
    Folders.deleteTree(unfinished);
    store.checkpoint(unfinished);
    Path target = parent.resolve("checkpoint." + position.term() + "_" + position.index());
    Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
    Folders.sync(parent);
    told = null;
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
    Path parent = folder;
    if (parent == null) {
      return null;
    }
    try {
      BasicFileAttributes now = Files.readAttributes(parent, BasicFileAttributes.class);
      Told known = told;
      if (known == null
          || !Objects.equals(known.key(), now.fileKey())
          || !known.modified().equals(now.lastModifiedTime())) {
        known = new Told(now.fileKey(), now.lastModifiedTime(), look());
        told = known;
      }
      return known.info();
    } catch (NoSuchFileException _) {
      // Ratis is about to put another in its place.
      return null;
    } catch (IOException e) {
      throw new UncheckedIOException("listing the snapshots failed", e);
    }
  }

  private @Nullable SnapshotInfo look() throws IOException {
    Checkpoint newest = newest();
    if (newest == null) {
      return null;
    }
    List<FileInfo> files =
        files(newest.folder()).stream()
            .filter(file -> !file.toString().endsWith(DIGEST_SUFFIX))
            .map(file -> new FileInfo(file, null))
            .toList();
    return new FileListSnapshotInfo(files, newest.position().term(), newest.position().index());
  }

  @Override
  public void format() {}

  @Override
  public void cleanupOldSnapshots(SnapshotRetentionPolicy policy) throws IOException {
    if (holds.get() > 0) {
      return;
    }
    List<Checkpoint> all = all();
    int kept = Math.max(1, policy.getNumSnapshotsRetained());
    Instant young = Instant.now().minus(MIN_AGE);
    for (Checkpoint old : all.subList(0, Math.max(0, all.size() - kept))) {
      if (Files.getLastModifiedTime(old.folder()).toInstant().isBefore(young)) {
        Folders.deleteTree(old.folder());
      }
    }
    told = null;
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
