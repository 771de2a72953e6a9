package dev.trivet.node.founding;

import dev.trivet.errors.ErrorCode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** A node's folder, held by one process at a time. */
public final class DataFolder implements AutoCloseable {
  static final String LOCK = "lock";

  private final Path path;
  private final FileChannel channel;

  private DataFolder(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /**
   * Makes the folder if it is not there, and takes it.
   *
   * @throws dev.trivet.errors.TrivetException DATA_FOREIGN when another process has it
   */
  public static DataFolder open(Path path) throws IOException {
    Files.createDirectories(path);
    FileChannel channel =
        FileChannel.open(path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (lock(channel) == null) {
      channel.close();
      throw ErrorCode.DATA_FOREIGN.exception(path + " is in use by another process");
    }
    return new DataFolder(path, channel);
  }

  private static @Nullable FileLock lock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException _) {
      return null;
    }
  }

  public Path path() {
    return path;
  }

  /** Gives the folder back: closing the file ends the lock. */
  @Override
  public void close() throws IOException {
    channel.close();
  }
}
