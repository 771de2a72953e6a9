package dev.trivet.cli;

import dev.trivet.client.SnapshotFile;
import dev.trivet.client.TrivetClient;
import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.snapshot.SnapshotReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.function.LongConsumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "snapshot",
    description = {
      "Save the keys into a file, verify it, restore it into a fresh cluster.",
      "A snapshot holds keys with their history, leases, users and roles; not blobs and volumes."
    },
    synopsisSubcommandLabel = "COMMAND")
final class SnapshotCommand {
  private static final String FILE = "FILE";
  private static final long REPORT_BYTES = 64 << 20;
  private static final long REPORT_ROWS = 100_000;

  @Spec private CommandSpec command = CommandSpec.create();

  @Command(
      name = "save",
      description = "Save all keys, with their history, all leases, users and roles.")
  int save(
      @Mixin Connection connection,
      @Mixin Output output,
      @Parameters(paramLabel = FILE, description = "Where to; appears only when it is whole.")
          Path file,
      @Option(names = "--force", description = "Replace a file that is there.") boolean force)
      throws IOException {
    if (!force && Files.exists(file)) {
      throw ErrorCode.INVALID_ARGUMENT.exception(file + " is there already: give --force");
    }
    try (TrivetClient client = connection.connect()) {
      print(output, "saved", client.snapshots().save(file, every(REPORT_BYTES, "bytes saved")));
      return 0;
    }
  }

  @Command(name = "verify", description = "Read a file as a whole and compare its checksums.")
  int verify(
      @Mixin Output output,
      @Parameters(paramLabel = FILE, description = "What was saved.") Path file)
      throws IOException {
    print(output, "whole", SnapshotFile.verify(file));
    return 0;
  }

  @Command(
      name = "restore",
      description = "Put all keys of a file into a cluster that has none yet.",
      footer =
          "Revisions stay as they were, users as well: authentication is on again if it was. If it is"
              + " cut off, give the same command again.")
  int restore(
      @Mixin Connection connection,
      @Mixin Output output,
      @Parameters(paramLabel = FILE, description = "What was saved.") Path file)
      throws IOException {
    try (TrivetClient client = connection.connect()) {
      print(
          output,
          "restored",
          client.snapshots().restore(file, every(REPORT_ROWS, "rows restored")));
      return 0;
    }
  }

  /** A line on standard error whenever a multiple of the step was passed. */
  private LongConsumer every(long step, String what) {
    long[] next = {step};
    return done -> {
      if (done >= next[0]) {
        next[0] = done - done % step + step;
        command.commandLine().getErr().println(done + " " + what);
        command.commandLine().getErr().flush();
      }
    };
  }

  private static void print(Output output, String what, SnapshotFile.About about) {
    if (output.isValue()) {
      output.line(Long.toString(about.head().getRevision()));
      return;
    }
    if (output.isJson()) {
      output.message(
          SnapshotReport.newBuilder()
              .setClusterId(about.head().getClusterId())
              .setRevision(about.head().getRevision())
              .setCompactedRevision(about.head().getCompactedRevision())
              .setKeys(about.end().getKeys())
              .setRows(about.end().getRows())
              .setBytes(about.bytes())
              .setTakenMillis(about.head().getTakenMillis())
              .setUsers(about.head().getUsers())
              .setRoles(about.head().getRoles())
              .setIsAuthEnabled(about.end().getIsAuthEnabled())
              .build());
      return;
    }
    output.line(
        "%s: %d keys at revision %d, %d users, %d rows, %d bytes, taken %s of cluster %s"
            .formatted(
                what,
                about.end().getKeys(),
                about.head().getRevision(),
                about.head().getUsers(),
                about.end().getRows(),
                about.bytes(),
                Instant.ofEpochMilli(about.head().getTakenMillis()),
                about.head().getClusterId()));
  }
}
