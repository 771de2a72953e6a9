package dev.trivet.plugin;

import dev.trivet.client.TrivetClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** The running driver: socket, mounts and connections to the cluster. Closed once. */
public final class VolumePlugin implements AutoCloseable {
  /**
   * How long a mount waits for the call that claims it. Swarm starts a task again after a few
   * seconds, perhaps on another server.
   */
  private static final Duration GRACE = Duration.ofSeconds(10);

  private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");

  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(15);

  private final TrivetClient client;
  private final LiveMounts mounts;
  private final PluginSocket socket;

  private VolumePlugin(TrivetClient client, LiveMounts mounts, PluginSocket socket) {
    this.client = client;
    this.mounts = mounts;
    this.socket = socket;
  }

  /**
   * Detaches what an earlier plugin left, then serves. The cluster need not be there yet.
   *
   * @throws dev.trivet.errors.TrivetException INVALID_ARGUMENT if another process serves the socket
   * @param socket where the engine looks: {@code /run/docker/plugins/NAME.sock}
   * @param root the folder in which volumes are mounted; its mounts must be seen by the engine
   * @param client of the cluster; closed with the plugin, also when this fails
   */
  public static VolumePlugin start(Path socket, Path root, TrivetClient client) throws IOException {
    Path directory = root.toAbsolutePath().normalize();
    try {
      PluginSocket.requireUnserved(socket);
      KernelMounts.detachBelow(directory);
      LiveMounts mounts = new LiveMounts(new KernelMounts(client, holder()), directory, GRACE);
      VolumeDriver driver = new VolumeDriver(client.volumes(), mounts);
      return new VolumePlugin(client, mounts, PluginSocket.serve(socket, driver));
    } catch (IOException | RuntimeException e) {
      client.close();
      throw e;
    }
  }

  private static String holder() throws IOException {
    return Files.readString(HOST_NAME).strip()
        + ", volume plugin, process "
        + ProcessHandle.current().pid();
  }

  /** Takes no more calls, then unmounts every volume. */
  @Override
  public void close() {
    socket.close();
    mounts.closeAll(CLOSE_LIMIT);
    client.close();
  }
}
