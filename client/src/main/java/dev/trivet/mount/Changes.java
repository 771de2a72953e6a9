package dev.trivet.mount;

/**
 * Which inodes changed lately, so that an answer which was asked for before a change and comes
 * after it is not taken for the present. Inodes share a bounded number of marks: a false alarm
 * costs another question.
 */
final class Changes {
  private static final int MARKS = 4096;

  private final long[] changedAt = new long[MARKS];
  private long now;

  /** A point in time, to be taken before the question. */
  synchronized long now() {
    return now;
  }

  synchronized void changed(long inode) {
    now++;
    changedAt[mark(inode)] = now;
  }

  /** Whether the inode may have changed since then. */
  synchronized boolean changedSince(long then, long inode) {
    return changedAt[mark(inode)] > then;
  }

  private static int mark(long inode) {
    return (int) Long.remainderUnsigned(inode, MARKS);
  }
}
