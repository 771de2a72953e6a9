package dev.trivet.cli;

import dev.trivet.plugin.VolumePlugin;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "volume-plugin",
    description = "Serve volumes to this server's Docker engine, until stopped. Needs root.",
    footer = {
      "The engine calls the driver by the socket's name: trivet. A volume's option is quota, as in",
      "docker volume create -d trivet --opt quota=1g NAME"
    })
final class VolumePluginCommand implements Callable<Integer> {
  @Mixin private final Connection connection = new Connection();
  @Mixin private final Output output = new Output();

  @Option(
      names = "--socket",
      defaultValue = "/run/docker/plugins/trivet.sock",
      paramLabel = "FILE",
      description = "Where the engine finds the driver (${DEFAULT-VALUE}).")
  private Path socket = Path.of("");

  @Option(
      names = "--mounts",
      defaultValue = "/var/lib/docker-plugins/trivet",
      paramLabel = "FOLDER",
      description =
          "Where volumes are mounted; the engine must see these mounts (${DEFAULT-VALUE}).")
  private Path mounts = Path.of("");

  @Override
  public Integer call() throws IOException, InterruptedException {
    CountDownLatch closed = new CountDownLatch(1);
    try (VolumePlugin _ = VolumePlugin.start(socket, mounts, connection.connect())) {
      Thread serving = Thread.currentThread();
      Runtime.getRuntime()
          .addShutdownHook(new Thread(() -> stop(serving, closed), "volume-plugin-stop"));
      output.place("serving volumes at ", socket);
      new CountDownLatch(1).await();
      return 0;
    } catch (InterruptedException _) {
      return 0; // Told to stop: the plugin is closed by now.
    } finally {
      closed.countDown();
    }
  }

  private static void stop(Thread serving, CountDownLatch closed) {
    serving.interrupt();
    try {
      closed.await();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
