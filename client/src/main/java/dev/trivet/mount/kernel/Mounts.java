package dev.trivet.mount.kernel;

import dev.trivet.errors.Errno;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The kernel's table of mounts, as far as Trivet is concerned. Needs root. */
public final class Mounts {
  /** File system type in {@code /proc/self/mountinfo}. */
  public static final String TYPE = "fuse.trivet";

  private static final int MNT_FORCE = 1;
  private static final int MNT_DETACH = 2;

  private Mounts() {}

  /** Directories with a Trivet mount at or below {@code root}, the latest mount first. */
  public static List<Path> below(Path root) throws IOException {
    List<Path> found = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of("/proc/self/mountinfo"))) {
      // ID PARENT MAJOR:MINOR ROOT DIRECTORY OPTIONS [TAG...] - TYPE SOURCE SUPER-OPTIONS
      int separator = line.indexOf(" - ");
      if (separator > 0 && line.startsWith(TYPE + " ", separator + 3)) {
        Path directory = Path.of(unescape(line.split(" ", 6)[4]));
        if (directory.startsWith(root)) {
          found.addFirst(directory);
        }
      }
    }
    return List.copyOf(found);
  }

  /** Unmounts if nothing uses it; returns 0 or the errno (EBUSY, EINVAL when not mounted). */
  public static int unmount(Path directory) {
    return unmount(directory, 0);
  }

  /** Takes the mount out of the tree at once; it ends when its last user does. */
  public static int detach(Path directory) {
    return unmount(directory, MNT_DETACH);
  }

  /** Ends the kernel's connection: whoever still uses the mount gets errors from now on. */
  static int abort(Path directory) {
    return unmount(directory, MNT_FORCE);
  }

  /**
   * On a platform thread of its own: the kernel may write back while it unmounts, and those
   * requests are served by virtual threads, which must not lack a carrier.
   */
  private static int unmount(Path directory, int flags) {
    int[] result = {Errno.EINTR};
    Thread thread =
        Thread.ofPlatform()
            .name("trivet-unmount")
            .start(
                () -> {
                  try (Arena arena = Arena.ofConfined()) {
                    result[0] =
                        -Libc.umount2(
                            arena.allocate(Libc.CALL_STATE),
                            arena.allocateFrom(directory.toString()),
                            flags);
                  }
                });
    try {
      thread.join();
      return result[0];
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Errno.EINTR;
    }
  }

  /** The table writes space, tab, newline and backslash as octal escapes. */
  private static String unescape(String text) {
    return text.replace("\\040", " ")
        .replace("\\011", "\t")
        .replace("\\012", "\n")
        .replace("\\134", "\\");
  }
}
