package dev.trivet.failing;

import java.io.IOException;

/**
 * One operation that fails, counted from 1 among those of its kind.
 *
 * <p>Safe for any thread.
 */
public final class Failure {
  private final Kind kind;
  private final Manner manner;
  private final int number;
  private boolean isArmed;
  private int seen;

  /** Operations, as loops over real processes name them. */
  public enum Kind {
    /** Of bytes, and changes of a file's length. */
    WRITE,
    FORCE,
    /** Of names: rename, link, make a folder. */
    RENAME,
    OPEN,
    UNLINK
  }

  /** What fails with it. */
  public enum Manner {
    /** That one, and nothing of it is done. */
    ONCE,
    /** That one; of a write, half of the bytes are in the file. */
    HALF_DONE,
    /** Everything from there on, as after a crash. */
    FROM_THERE_ON
  }

  Failure(Kind kind, Manner manner, int number, boolean isArmed) {
    this.kind = kind;
    this.manner = manner;
    this.number = number;
    this.isArmed = isArmed;
  }

  /** Nothing fails. */
  static Failure none() {
    return new Failure(Kind.WRITE, Manner.ONCE, 0, false);
  }

  /** Counts from here on. */
  public synchronized void arm() {
    isArmed = true;
  }

  /** Whether there were as many operations, so that one has failed. */
  public synchronized boolean isReached() {
    return seen >= number;
  }

  /** Whether everything fails from now on, as for a process that is gone. */
  public boolean isOver() {
    return manner == Manner.FROM_THERE_ON && isReached();
  }

  /** Called before each operation. */
  void before(Kind done, Object what) throws IOException {
    if (isHit(done)) {
      throw failed(done, what);
    }
  }

  /**
   * Called before each write.
   *
   * @return of how many bytes the write fails when it is done with them; -1 if it is to succeed
   */
  int allowed(int bytes) {
    return isHit(Kind.WRITE) ? manner == Manner.HALF_DONE ? bytes / 2 : 0 : -1;
  }

  static IOException failed(Kind kind, Object what) {
    return new IOException("Input/output error, on purpose: " + kind + " of " + what);
  }

  private synchronized boolean isHit(Kind done) {
    if (isOver()) {
      return true;
    }
    if (isArmed && done == kind) {
      seen++;
      return seen == number;
    }
    return false;
  }

  @Override
  public String toString() {
    return "%s %d %s".formatted(kind, number, manner);
  }
}
