package dev.trivet.mount;

import dev.trivet.client.TrivetClient;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.mount.kernel.FuseConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A mounted volume. It ends when it is closed or when somebody unmounts the directory; either way
 * what was written is stored first, and the volume is free for others afterwards.
 */
public final class VolumeMount implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(VolumeMount.class);

  /** How long a mount outlives its last contact with the cluster. */
  private static final Duration TIME_TO_LIVE = Duration.ofSeconds(15);

  private final Path mountpoint;
  private final MountRecord record;
  private final VolumeSession session;
  private final VolumeFileSystem fileSystem;
  private final FuseConnection connection;
  private final CountDownLatch ended = new CountDownLatch(1);

  private VolumeMount(
      Path mountpoint,
      MountRecord record,
      VolumeSession session,
      VolumeFileSystem fileSystem,
      FuseConnection connection) {
    this.mountpoint = mountpoint;
    this.record = record;
    this.session = session;
    this.fileSystem = fileSystem;
    this.connection = connection;
  }

  /**
   * Mounts a volume. Needs root.
   *
   * @param client stays the caller's, who closes it after the mount
   * @param mountpoint an existing directory
   * @param holder who mounts, for people: host and process
   * @throws TrivetException VOLUME_NOT_FOUND; VOLUME_IN_USE while another mount has it;
   *     NOT_A_DIRECTORY; NOT_PERMITTED when the kernel refuses
   */
  public static VolumeMount open(
      TrivetClient client, String volume, Path mountpoint, String holder) {
    return open(client, volume, mountpoint, holder, TIME_TO_LIVE);
  }

  static VolumeMount open(
      TrivetClient client, String volume, Path mountpoint, String holder, Duration timeToLive) {
    if (!Files.isDirectory(mountpoint)) {
      throw ErrorCode.NOT_A_DIRECTORY.exception(mountpoint + " is not a directory");
    }
    VolumeSession session =
        VolumeSession.open(client.channel(), volume, holder, timeToLive, System::nanoTime);
    try {
      Path directory = mountpoint.toRealPath();
      MountRecord record = MountRecord.of(directory);
      VolumeFileSystem fileSystem = new VolumeFileSystem(session, Clock.systemUTC());
      FuseConnection connection = FuseConnection.mount(directory, "trivet:" + volume, fileSystem);
      record.write();
      VolumeMount mount = new VolumeMount(mountpoint, record, session, fileSystem, connection);
      Thread.ofPlatform().name("volume-mount-end").start(mount::finish);
      return mount;
    } catch (IOException e) {
      session.close();
      throw ErrorCode.NOT_PERMITTED.exception(
          "cannot mount at " + mountpoint + ": " + e.getMessage(), e);
    }
  }

  public Path mountpoint() {
    return mountpoint;
  }

  /** Whether the session is over: every request is answered EIO from now on. */
  public boolean isFenced() {
    return session.isFenced();
  }

  /** Whether requests are answered now, and do not wait until the cluster is heard of. */
  boolean isCertain() {
    return session.isCertain();
  }

  /** Waits until the directory is unmounted, whoever did it, and the volume is free. */
  public void awaitEnd() throws InterruptedException {
    ended.await();
  }

  /**
   * Stores what was written, unmounts, and gives the volume free. Programs that still use the
   * directory get errors from then on.
   */
  @Override
  public void close() {
    writeBack();
    connection.close();
    try {
      ended.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void finish() {
    try {
      connection.awaitUnmounted();
      // The kernel does not wait for the closes that it sent, so they may not all have come.
      writeBack();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      session.close();
      record.remove();
      ended.countDown();
    }
  }

  private void writeBack() {
    try {
      fileSystem.writeBackAll();
    } catch (TrivetException e) {
      LOG.error("not all that was written to {} could be stored", mountpoint, e);
    }
  }
}
