package dev.trivet.replicate;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Brings the folder entry of a new log segment to disk before an entry in it counts as written:
 * Ratis syncs the file alone.
 *
 * <p>Belongs to Ratis's log thread.
 */
final class LogFolder {
  private static final String OPEN_SEGMENTS = "log_inprogress_*";

  /** One file, not only its name: a segment may be deleted and begun anew under the same name. */
  private record Segment(Path path, @Nullable Object key, FileTime created) {
    static Segment of(Path path) throws IOException {
      BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
      return new Segment(path, attributes.fileKey(), attributes.creationTime());
    }
  }

  private final Path folder;
  private final FolderSync folders;
  private @Nullable Segment synced;

  LogFolder(Path folder, FolderSync folders) {
    this.folder = folder;
    this.folders = folders;
  }

  /** Called before each sync of the open segment. */
  void beforeSegmentSync() throws IOException {
    if (isUnchanged()) {
      return;
    }
    Segment open = null;
    try (DirectoryStream<Path> segments = Files.newDirectoryStream(folder, OPEN_SEGMENTS)) {
      for (Path path : segments) {
        open = Segment.of(path);
      }
    }
    folders.sync(folder);
    synced = open;
  }

  private boolean isUnchanged() throws IOException {
    if (synced == null) {
      return false;
    }
    try {
      return Objects.equals(synced, Segment.of(synced.path()));
    } catch (NoSuchFileException _) {
      return false;
    }
  }
}
