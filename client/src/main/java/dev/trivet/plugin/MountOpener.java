package dev.trivet.plugin;

import java.io.IOException;
import java.nio.file.Path;

/** Mounts volumes; blocks as long as it takes. */
@FunctionalInterface
interface MountOpener {
  /**
   * Mounts a volume on a directory, which is made if it is not there.
   *
   * @throws dev.trivet.errors.TrivetException VOLUME_IN_USE, VOLUME_NOT_FOUND, or what kept the
   *     cluster from answering
   * @throws IOException if the kernel refuses the mount
   */
  OpenMount open(String volume, Path directory) throws IOException;
}
