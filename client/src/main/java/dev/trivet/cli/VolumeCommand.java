package dev.trivet.cli;

import dev.trivet.client.ByteSize;
import dev.trivet.client.TrivetClient;
import dev.trivet.proto.api.ListVolumesResponse;
import dev.trivet.proto.log.VolumeRecord;
import java.time.Instant;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "volume",
    description = "Create, list and delete volumes: file systems to be mounted.",
    synopsisSubcommandLabel = "COMMAND")
final class VolumeCommand {
  @Command(name = "create", description = "Make an empty volume.")
  int create(
      @Mixin Connection connection,
      @Mixin Output output,
      @Parameters(paramLabel = "NAME", description = "The volume.") String name,
      @Option(
              names = "--quota",
              defaultValue = "0",
              description =
                  "Most bytes that its files may hold together, as 500m or 10g; 0 is no limit"
                      + " (${DEFAULT-VALUE}).")
          String quota,
      @Option(names = "--if-absent", description = "Let a volume of this name be success.")
          boolean ifAbsent) {
    long quotaBytes = ByteSize.parse(quota);
    try (TrivetClient client = connection.connect()) {
      VolumeRecord volume = client.volumes().create(name, quotaBytes, ifAbsent);
      output.show(
          () -> volume,
          () -> List.of(volume.getName()),
          () -> output.line("volume " + name + ", quota " + quota(volume)));
      return 0;
    }
  }

  @Command(name = "ls", description = "List the volumes.")
  int list(@Mixin Connection connection, @Mixin Output output) {
    try (TrivetClient client = connection.connect()) {
      var volumes = client.volumes().list();
      if (output.isJson()) {
        output.message(ListVolumesResponse.newBuilder().addAllVolumes(volumes).build());
        return 0;
      }
      if (output.isValue()) {
        volumes.forEach(volume -> output.line(volume.getName()));
        return 0;
      }
      Table table = new Table("VOLUME", "BYTES", "QUOTA", "FILES", "MOUNTED", "CREATED");
      for (VolumeRecord volume : volumes) {
        table.row(
            volume.getName(),
            volume.getUsedBytes(),
            quota(volume),
            volume.getInodeCount(),
            volume.getSessionId() == 0 ? "no" : "yes",
            Instant.ofEpochMilli(volume.getCreatedMillis()));
      }
      table.print(output);
      return 0;
    }
  }

  @Command(name = "rm", description = "Delete a volume and all that is in it.")
  int remove(
      @Mixin Connection connection,
      @Mixin Output output,
      @Parameters(paramLabel = "NAME", description = "The volume; it must not be mounted.")
          String name) {
    try (TrivetClient client = connection.connect()) {
      client.volumes().delete(name);
      output.done("deleted volume " + name);
      return 0;
    }
  }

  private static String quota(VolumeRecord volume) {
    return volume.getQuotaBytes() == 0 ? "none" : Long.toString(volume.getQuotaBytes());
  }
}
