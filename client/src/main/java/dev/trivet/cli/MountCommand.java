package dev.trivet.cli;

import dev.trivet.client.TrivetClient;
import dev.trivet.errors.ErrorCode;
import dev.trivet.mount.VolumeMount;
import dev.trivet.proto.api.CreateVolumeRequest;
import dev.trivet.proto.api.VolumesGrpc;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "mount",
    description = "Mount a volume at a directory; stays until it is unmounted or ended (root).")
final class MountCommand implements Callable<Integer> {
  @Mixin private final Connection connection = new Connection();
  @Mixin private final Output output = new Output();

  @Parameters(paramLabel = "VOLUME", index = "0")
  private String volume = "";

  @Parameters(paramLabel = "DIRECTORY", index = "1")
  private Path directory = Path.of("");

  @Option(names = "--create", description = "Create the volume if it does not exist.")
  private boolean mayCreate;

  @Override
  public Integer call() throws InterruptedException {
    try (TrivetClient client = connection.connect()) {
      if (mayCreate) {
        create(client);
      }
      VolumeMount mount = VolumeMount.open(client, volume, directory, holder());
      Runtime.getRuntime()
          .addShutdownHook(
              Thread.ofPlatform()
                  .name("unmount-at-exit")
                  .unstarted(
                      () -> {
                        mount.close();
                        // A mount that was asked to end and did so has not failed, whatever the
                        // signal was.
                        Runtime.getRuntime().halt(exitCode(mount));
                      }));
      output.place("mounted " + volume + " at ", directory);
      mount.awaitEnd();
      return exitCode(mount);
    }
  }

  private static int exitCode(VolumeMount mount) {
    return mount.isFenced() ? ErrorCode.SESSION_EXPIRED.exitCode() : 0;
  }

  private void create(TrivetClient client) {
    var _ =
        VolumesGrpc.newBlockingStub(client.channel())
            .createVolume(
                CreateVolumeRequest.newBuilder().setName(volume).setIfAbsent(true).build());
  }

  private static String holder() {
    String process = "process " + ProcessHandle.current().pid();
    try {
      return InetAddress.getLocalHost().getHostName() + ", " + process;
    } catch (UnknownHostException _) {
      return process;
    }
  }
}
