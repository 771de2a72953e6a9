package dev.trivet.mount;

import dev.trivet.client.TrivetClient;
import dev.trivet.errors.ErrorCode;
import java.nio.file.Path;

/** A mounted volume. */
public final class VolumeMount implements AutoCloseable {
  private final Path mountpoint;

  private VolumeMount(Path mountpoint) {
    this.mountpoint = mountpoint;
  }

  /**
   * Mounts a volume. Needs root.
   *
   * @param client stays the caller's, who closes it after the mount
   * @param mountpoint an existing directory
   * @param holder who mounts, for people: host and process
   * @throws dev.trivet.errors.TrivetException VOLUME_NOT_FOUND; VOLUME_IN_USE while another mount
   *     has it; NOT_PERMITTED when the kernel refuses
   */
  public static VolumeMount open(
      TrivetClient client, String volume, Path mountpoint, String holder) {
    throw ErrorCode.UNIMPLEMENTED.exception("mounting a volume is not there yet");
  }

  public Path mountpoint() {
    return mountpoint;
  }

  /** Whether the session is over: every request is answered EIO from now on. */
  public boolean isFenced() {
    return false;
  }

  /** Writes everything back, unmounts and gives the volume free. */
  @Override
  public void close() {}
}
