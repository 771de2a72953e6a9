package dev.trivet.plugin;

import dev.trivet.client.TrivetClient;
import dev.trivet.mount.VolumeMount;
import dev.trivet.mount.kernel.Mounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Mounts of the kernel, served by this process. Needs root. */
final class KernelMounts implements MountOpener {
  private static final Logger LOG = LoggerFactory.getLogger(KernelMounts.class);

  private final TrivetClient client;
  private final String holder;

  /**
   * @param holder who mounts, for people
   */
  KernelMounts(TrivetClient client, String holder) {
    this.client = client;
    this.holder = holder;
  }

  /**
   * Takes away the mounts at or below a directory, whose process is gone: to everybody who enters
   * them the kernel says "transport endpoint is not connected".
   */
  static void detachBelow(Path root) throws IOException {
    for (Path stale : Mounts.below(root)) {
      int errno = Mounts.detach(stale);
      if (errno != 0) {
        throw new IOException("cannot detach the old mount " + stale + ": errno " + errno);
      }
      LOG.info("detached {}, which an earlier process left", stale);
    }
  }

  @Override
  public OpenMount open(String volume, Path directory) throws IOException {
    detachBelow(directory);
    Files.createDirectories(directory);
    VolumeMount mount = VolumeMount.open(client, volume, directory, holder);
    return new OpenMount() {
      @Override
      public boolean isAlive() {
        return !mount.isFenced();
      }

      @Override
      public void close() {
        mount.close();
      }
    };
  }
}
