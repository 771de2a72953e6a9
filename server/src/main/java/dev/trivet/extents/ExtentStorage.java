package dev.trivet.extents;

import com.google.protobuf.ByteString;
import dev.trivet.proto.blobs.Extent;
import dev.trivet.state.entry.ExtentId;
import java.nio.ByteBuffer;

/**
 * Extents as the API sees them. Methods block: call them on virtual threads.
 *
 * <p>Failures are {@link dev.trivet.errors.TrivetException}s: {@code NO_QUORUM_FOR_DATA} when too
 * few nodes are up, {@code EXTENT_UNAVAILABLE} when no holder that is up has intact bytes, {@code
 * DATA_CORRUPT}, {@code NO_SPACE}.
 */
public interface ExtentStorage {
  /** Begins an extent of not yet known length (at most 1 GiB). */
  Upload begin();

  /**
   * Reads a range, verified, in order; from another node when this one does not hold it or its copy
   * is damaged.
   *
   * @param length bytes; the range must lie within the extent
   */
  void read(ExtentId id, long offset, long length, Sink sink);

  /** Extents that the state names and this node does not hold yet. */
  long missingCount();

  /** One extent on its way to all nodes at once. Used by one thread. */
  interface Upload extends AutoCloseable {
    /** Sends bytes on; blocks while a majority is slower than the caller. */
    void write(ByteBuffer bytes);

    /**
     * Completes the extent: when this returns, it is fsynced on at least two nodes (of a single
     * node: on that one).
     */
    Extent finish();

    /** Log time when the upload began, for the command that will name the extent. */
    long beganMillis();

    /** Gives an unfinished upload up; a finished one is left alone. */
    @Override
    void close();
  }

  /** Takes verified bytes in order. */
  @FunctionalInterface
  interface Sink {
    void accept(ByteString bytes);
  }
}
