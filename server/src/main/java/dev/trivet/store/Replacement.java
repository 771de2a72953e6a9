package dev.trivet.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Puts another folder in a store's place, by renames: after a crash at any moment there is the old
 * store or the new one, once {@link #settle} has run.
 */
final class Replacement {
  private final Path directory;
  private final Path incoming;
  private final Path outgoing;

  /**
   * @param directory of the store
   */
  Replacement(Path directory) {
    this.directory = directory;
    this.incoming = directory.resolveSibling(directory.getFileName() + ".incoming");
    this.outgoing = directory.resolveSibling(directory.getFileName() + ".outgoing");
  }

  /** Replaces the store, which is closed, by a copy of the checkpoint; durable when it returns. */
  void with(Path checkpoint) throws IOException {
    Folders.deleteTree(incoming);
    Folders.deleteTree(outgoing);
    Folders.linkTree(checkpoint, incoming);
    Files.move(directory, outgoing);
    Files.move(incoming, directory);
    Folders.sync(directory.toAbsolutePath().resolve("..").normalize());
    Folders.deleteTree(outgoing);
  }

  /** Takes back a replacement that a crash cut off, or clears up behind one that was done. */
  void settle() throws IOException {
    if (!Files.exists(directory) && Files.exists(outgoing)) {
      Files.move(outgoing, directory);
    }
    Folders.deleteTree(incoming);
    Folders.deleteTree(outgoing);
  }

  /** Whether a store was made here, be it in the middle of a replacement. */
  boolean isThere() {
    // A RocksDB without this file is created.
    return Files.exists(directory.resolve("CURRENT"))
        || (!Files.exists(directory) && Files.exists(outgoing.resolve("CURRENT")));
  }
}
