package dev.trivet.extents;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.state.ExtentPresence;
import dev.trivet.state.entry.ExtentId;
import dev.trivet.store.Folders;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The extents that lie on this node's own disk, a file each: {@code xx/ID.extent} where xx are the
 * id's first two digits. {@code .part} behind the name: not complete. {@code .damaged}: set aside
 * when a check failed, and kept until an intact copy is here.
 *
 * <p>Invariant: an id is in {@link #isHere} only while its file is complete and fsynced, its
 * directory entry included.
 *
 * <p>Safe for any thread. Which ids are here is known in memory: about 64 bytes each.
 */
public final class LocalExtents implements ExtentPresence, AutoCloseable {
  static final Logger LOG = LoggerFactory.getLogger(LocalExtents.class);
  static final String PART = ".part";
  private static final String WHOLE = ".extent";
  private static final String DAMAGED = ".damaged";
  private static final int ID_DIGITS = 2 * ExtentId.BYTES;

  private final Path folder;
  private final Disk disk = new Disk();
  private final NavigableSet<ExtentId> here = new ConcurrentSkipListSet<>();
  private final Set<ExtentId> arriving = ConcurrentHashMap.newKeySet();
  private final Set<ExtentId> setAside = ConcurrentHashMap.newKeySet();

  /** The folders {@code xx} that there are: one is made with its first extent. */
  private final Set<Path> parts = ConcurrentHashMap.newKeySet();

  private volatile boolean isClosed;

  private LocalExtents(Path folder) {
    this.folder = folder;
  }

  /**
   * Opens the folder, making it when it is not there, and lists it. What was not complete when the
   * node stopped is removed.
   *
   * @throws IOException when the folder cannot be made, listed or written
   */
  public static LocalExtents open(Path folder) throws IOException {
    LocalExtents extents = new LocalExtents(folder);
    Files.createDirectories(folder);
    List<Path> parts;
    try (Stream<Path> listed = Files.list(folder)) {
      parts = listed.filter(LocalExtents::isPart).toList();
    }
    for (Path part : parts) {
      extents.list(part);
    }
    extents.parts.addAll(parts);
    Folders.sync(folder);
    Folders.sync(folder.toAbsolutePath().resolve("..").normalize());
    return extents;
  }

  @Override
  public boolean isHere(ExtentId id) {
    return here.contains(id);
  }

  /** How many extents are here. */
  public int count() {
    return here.size();
  }

  /** Extents whose file failed a check and that are not here again. */
  public int damagedCount() {
    return setAside.size();
  }

  /** What is done with an open extent. */
  @FunctionalInterface
  interface Reading<T> {
    T from(ExtentReader reader);
  }

  /**
   * Reads an extent that is here. A file that turns out to be damaged is set aside: it is not here
   * any more, and {@link #damaged} tells of it.
   *
   * @throws TrivetException {@code EXTENT_UNAVAILABLE} when it is not here, {@code DATA_CORRUPT}
   *     when it was damaged; some bytes may have been handed out before
   */
  <T> T read(ExtentId id, Reading<T> reading) {
    if (!isHere(id)) {
      throw absent(id);
    }
    try (ExtentReader reader = ExtentReader.open(disk, file(id, WHOLE), id)) {
      return reading.from(reader);
    } catch (NoSuchFileException e) {
      if (here.remove(id)) {
        LOG.warn("the file of extent {} has vanished", id);
        setAside.add(id);
      }
      throw absent(id);
    } catch (IOException e) {
      throw Disk.failure("reading extent " + id, e);
    } catch (TrivetException e) {
      if (e.code() == ErrorCode.DATA_CORRUPT) {
        setAside(id, e);
      }
      throw e;
    }
  }

  /**
   * Begins an extent's file. It must be completed or closed.
   *
   * @param beganMillis log time when its upload began
   */
  ExtentWriter receive(ExtentId id, long beganMillis) {
    if (isClosed) {
      throw ErrorCode.STOPPING.exception();
    }
    if (!arriving.add(id)) {
      throw ErrorCode.INVALID_ARGUMENT.exception("extent " + id + " is being written already");
    }
    boolean isBegun = false;
    try {
      if (isHere(id)) {
        throw ErrorCode.INVALID_ARGUMENT.exception("extent " + id + " is here already");
      }
      makePart(part(id));
      ExtentWriter writer = ExtentWriter.create(this, disk, id, file(id, WHOLE), beganMillis);
      isBegun = true;
      return writer;
    } finally {
      if (!isBegun) {
        arriving.remove(id);
      }
    }
  }

  private void makePart(Path part) {
    if (parts.contains(part)) {
      return;
    }
    try {
      disk.run(
          () -> {
            try {
              // Not the folder that it is in: where that has gone, the disk has.
              Files.createDirectory(part);
            } catch (FileAlreadyExistsException _) {
              // By another extent that came at the same moment, which may not have synced it yet.
            }
          });
      disk.sync(() -> Folders.sync(folder));
    } catch (IOException e) {
      throw Disk.failure("making the folder " + part, e);
    }
    parts.add(part);
  }

  /** Whether the extent's file is being written now. */
  boolean isArriving(ExtentId id) {
    return arriving.contains(id);
  }

  /** Unlinks an extent; nothing happens when it is not here. Readers that have it open go on. */
  void delete(ExtentId id) {
    here.remove(id);
    try {
      disk.run(
          () -> {
            Files.deleteIfExists(file(id, WHOLE));
            Files.deleteIfExists(file(id, DAMAGED));
          });
    } catch (IOException e) {
      throw Disk.failure("deleting extent " + id, e);
    }
    setAside.remove(id);
  }

  /**
   * When an extent's file was completed, by this machine's clock; null when it is not here any
   * more.
   */
  @Nullable Instant completedAt(ExtentId id) {
    try {
      return disk.call(() -> Files.getLastModifiedTime(file(id, WHOLE)).toInstant());
    } catch (NoSuchFileException _) {
      return null;
    } catch (IOException e) {
      throw Disk.failure("asking for the age of extent " + id, e);
    }
  }

  /**
   * Ids that are here, in ascending order.
   *
   * @param after ids up to and including this one are left out; null to begin
   */
  List<ExtentId> ids(@Nullable ExtentId after, int limit) {
    NavigableSet<ExtentId> rest = after == null ? here : here.tailSet(after, false);
    return rest.stream().limit(limit).toList();
  }

  /** Ids that were set aside and are not here again. */
  List<ExtentId> damaged() {
    return new ArrayList<>(setAside);
  }

  /** New extents are refused from here on. Readers and writers that are open go on. */
  @Override
  public void close() {
    isClosed = true;
  }

  void arrived(ExtentId id) {
    here.add(id);
    arriving.remove(id);
    if (setAside.remove(id)) {
      try {
        disk.run(() -> Files.deleteIfExists(file(id, DAMAGED)));
      } catch (IOException e) {
        LOG.warn("the damaged copy of extent {} could not be removed", id, e);
      }
    }
  }

  void gaveUp(ExtentId id) {
    arriving.remove(id);
  }

  private void setAside(ExtentId id, TrivetException damage) {
    if (!here.remove(id)) {
      return;
    }
    LOG.error("{}; it is set aside until another node's copy is here", damage.getMessage());
    try {
      disk.run(
          () -> Files.move(file(id, WHOLE), file(id, DAMAGED), StandardCopyOption.ATOMIC_MOVE));
    } catch (IOException e) {
      // The intact copy will take its place by rename.
      LOG.warn("the damaged file of extent {} could not be renamed", id, e);
    }
    setAside.add(id);
  }

  private void list(Path part) throws IOException {
    List<Path> files;
    try (Stream<Path> listed = Files.list(part)) {
      files = listed.toList();
    }
    List<ExtentId> damaged = new ArrayList<>();
    for (Path file : files) {
      String name = String.valueOf(file.getFileName());
      ExtentId id = id(name, part);
      if (id == null) {
        LOG.warn("{} is none of ours and left alone", file);
      } else if (name.endsWith(PART)) {
        Files.delete(file);
      } else if (name.endsWith(WHOLE)) {
        here.add(id);
      } else if (name.endsWith(DAMAGED)) {
        damaged.add(id);
      }
    }
    for (ExtentId id : damaged) {
      if (isHere(id)) {
        Files.deleteIfExists(file(id, DAMAGED));
      } else {
        setAside.add(id);
      }
    }
  }

  /** Null when the name is not that of an extent's file in its place. */
  private static @Nullable ExtentId id(String name, Path part) {
    if (name.matches("[0-9a-f]{" + ID_DIGITS + "}\\.(extent|extent\\.part|damaged)")
        && name.startsWith(String.valueOf(part.getFileName()))) {
      return ExtentId.parse(name.substring(0, ID_DIGITS));
    }
    return null;
  }

  private static boolean isPart(Path path) {
    return String.valueOf(path.getFileName()).matches("[0-9a-f]{2}") && Files.isDirectory(path);
  }

  private Path part(ExtentId id) {
    return folder.resolve(id.toString().substring(0, 2));
  }

  private Path file(ExtentId id, String ending) {
    return part(id).resolve(id + ending);
  }

  private static TrivetException absent(ExtentId id) {
    return ErrorCode.EXTENT_UNAVAILABLE.exception("extent " + id + " is not on this node");
  }
}
