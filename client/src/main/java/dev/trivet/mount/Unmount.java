package dev.trivet.mount;

import dev.trivet.errors.Errno;
import dev.trivet.errors.ErrorCode;
import dev.trivet.mount.kernel.Mounts;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** Unmounts a volume that this or another process has mounted. */
public final class Unmount {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final long POLL_MILLIS = 50;

  private Unmount() {}

  /**
   * Unmounts, and waits until the process that served the mount has stored what was written and has
   * given the volume free. Needs root.
   *
   * @throws dev.trivet.errors.TrivetException NO_ENTRY when no volume is mounted there;
   *     VOLUME_IN_USE while programs use it; OUTCOME_UNKNOWN when the serving process takes over a
   *     minute
   */
  public static void run(Path directory) throws IOException, InterruptedException {
    Path mountpoint = directory.toRealPath();
    if (!Mounts.below(mountpoint).contains(mountpoint)) {
      throw ErrorCode.NO_ENTRY.exception("no volume is mounted at " + mountpoint);
    }
    int errno = Mounts.unmount(mountpoint);
    if (errno == Errno.EBUSY) {
      throw ErrorCode.VOLUME_IN_USE.exception("programs still use " + mountpoint);
    }
    if (errno != 0) {
      throw ErrorCode.NOT_PERMITTED.exception(
          "unmounting " + mountpoint + " failed: errno " + errno);
    }
    MountRecord record = MountRecord.of(mountpoint);
    long end = System.nanoTime() + LIMIT.toNanos();
    while (record.isServed()) {
      if (System.nanoTime() > end) {
        throw ErrorCode.OUTCOME_UNKNOWN.exception(
            mountpoint
                + " is unmounted, but its process has not given the volume free after "
                + LIMIT.toSeconds()
                + " s");
      }
      Thread.sleep(POLL_MILLIS);
    }
  }
}
