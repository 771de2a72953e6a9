package dev.trivet.mount;

/** A refusal by the mount itself. */
final class ErrnoException extends RuntimeException {
  private final int errno;

  /**
   * @param errno positive, as in {@link dev.trivet.errors.Errno}
   */
  ErrnoException(int errno) {
    super("errno " + errno, null, false, false);
    this.errno = errno;
  }

  int errno() {
    return errno;
  }
}
