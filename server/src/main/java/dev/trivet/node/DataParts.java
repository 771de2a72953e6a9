package dev.trivet.node;

import dev.trivet.errors.ErrorCode;
import dev.trivet.replicate.RaftFiles;
import dev.trivet.store.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a member's folder holds. Each part would be born anew, and empty, by whoever opens it: a
 * node that lost its votes would vote a second time in a term, one that lost its extents would
 * count as a copy of them.
 */
final class DataParts {
  static final String STORE = "store";
  static final String EXTENTS = "extents";

  private DataParts() {}

  /**
   * @throws dev.trivet.errors.TrivetException DATA_CORRUPT when a part is gone
   */
  static void requireAll(Path folder) throws IOException {
    require(Store.exists(folder.resolve(STORE)), folder, STORE);
    require(Files.isDirectory(folder.resolve(EXTENTS)), folder, EXTENTS);
    require(RaftFiles.exist(folder), folder, "raft");
  }

  /** Brings to disk that all parts are there; the folder's own entries are the caller's. */
  static void sync(Path folder) throws IOException {
    RaftFiles.sync(folder);
  }

  private static void require(boolean isThere, Path folder, String part) {
    if (!isThere) {
      throw ErrorCode.DATA_CORRUPT.exception(
          "%s has lost its part '%s': this node must not go on under its old identity. Empty the"
                  .formatted(folder, part)
              + " folder, start the node and admit it by 'trivet cluster add NAME'");
    }
  }
}
