package dev.trivet.chaos.environment;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The disk that holds one node's folder and nothing else; {@code faults/disk} makes and cuts it.
 */
public final class Disk {
  private static final String SIZE = "2G";
  private static final int PIECE = 1 << 20;

  private final Path program;
  private final Path folder;

  /**
   * @param program {@code faults/disk}
   * @param folder the node's
   */
  Disk(Path program, Path folder) {
    this.program = program;
    this.folder = folder;
  }

  void make() throws IOException {
    var _ = Programs.run(program.toString(), "make", folder.toString(), SIZE);
  }

  void remove() throws IOException {
    var _ = Programs.run(program.toString(), "remove", folder.toString());
  }

  /** Drops what was not synced; every call fails with EIO from then on. */
  public void cut() throws IOException {
    var _ = Programs.run(program.toString(), "cut", folder.toString());
  }

  /** Mounts it again, once nobody uses it. */
  public void back() throws IOException {
    var _ = Programs.run(program.toString(), "back", folder.toString());
  }

  /** Whether calls fail because the disk was cut. */
  public boolean isGone() {
    try (var entries = Files.list(folder)) {
      return entries.count() < 0;
    } catch (IOException | UncheckedIOException _) {
      return true;
    }
  }

  /**
   * Takes all the room that there is.
   *
   * @return bytes that are left
   */
  public long fill() throws IOException {
    ByteBuffer zeros = ByteBuffer.allocateDirect(PIECE);
    try (FileChannel filler =
        FileChannel.open(filler(), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      while (true) {
        zeros.clear();
        int written = filler.write(zeros);
        if (written < PIECE) {
          break;
        }
      }
    } catch (IOException _) {
      // That there is no room is what was wanted.
    }
    FileStore store = Files.getFileStore(folder);
    return store.getUsableSpace();
  }

  /** Gives the room back. */
  public void free() throws IOException {
    Files.deleteIfExists(filler());
  }

  private Path filler() {
    return folder.resolve("filler");
  }
}
