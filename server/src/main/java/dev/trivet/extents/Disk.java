package dev.trivet.extents;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import java.io.IOException;
import java.util.concurrent.Semaphore;

/**
 * The turns of disk work. A virtual thread keeps its carrier while the disk works, so that only a
 * few may be at it at once; the others wait here without one.
 */
final class Disk {
  private static final int TURNS = 8;

  /** An fsync may take a second: reads must find turns beside them. */
  private static final int SYNC_TURNS = 6;

  private final Semaphore turns = new Semaphore(TURNS, true);
  private final Semaphore syncTurns = new Semaphore(SYNC_TURNS, true);

  /** Something that the disk does. */
  @FunctionalInterface
  interface Work<T> {
    T run() throws IOException;
  }

  /** Something that the disk does, without an answer. */
  @FunctionalInterface
  interface Task {
    void run() throws IOException;
  }

  <T> T call(Work<T> work) throws IOException {
    turns.acquireUninterruptibly();
    try {
      return work.run();
    } finally {
      turns.release();
    }
  }

  void run(Task task) throws IOException {
    turns.acquireUninterruptibly();
    try {
      task.run();
    } finally {
      turns.release();
    }
  }

  /** Work that waits until bytes are on the disk. */
  void sync(Task task) throws IOException {
    syncTurns.acquireUninterruptibly();
    try {
      task.run();
    } finally {
      syncTurns.release();
    }
  }

  /** {@code NO_SPACE} when the disk is full, {@code INTERNAL} for all else. */
  static TrivetException failure(String operation, IOException cause) {
    // The JDK has no exception of its own for a full disk: the text is the kernel's.
    String text = String.valueOf(cause.getMessage());
    if (text.contains("No space left on device") || text.contains("Disk quota exceeded")) {
      return ErrorCode.NO_SPACE.exception(ErrorCode.NO_SPACE.text(), cause);
    }
    return ErrorCode.INTERNAL.exception(operation + " failed: " + cause, cause);
  }
}
