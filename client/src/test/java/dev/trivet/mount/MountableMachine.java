package dev.trivet.mount;

import dev.trivet.mount.kernel.Mounts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** What a test needs that mounts. */
public final class MountableMachine {
  private MountableMachine() {}

  /** Skips the test where the kernel would refuse. */
  public static void require() throws IOException {
    Assumptions.assumeTrue(Files.exists(Path.of("/dev/fuse")), "there is no /dev/fuse");
    Assumptions.assumeTrue(
        Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0), "mounting needs root");
  }

  /** Leaves no mount behind, whatever the test did. */
  public static void detachBelow(Path folder) {
    try {
      Mounts.below(folder).forEach(Mounts::detach);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
