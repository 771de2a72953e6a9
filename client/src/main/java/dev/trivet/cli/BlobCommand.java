package dev.trivet.cli;

import dev.trivet.client.TrivetClient;
import dev.trivet.proto.api.ListBucketsResponse;
import dev.trivet.proto.blobs.Manifest;
import dev.trivet.proto.log.BucketRecord;
import java.io.IOException;
import java.time.Instant;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "blob",
    description = "Store and fetch blobs: bytes of any size under BUCKET/KEY.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = BlobCpCommand.class)
final class BlobCommand {
  @Command(name = "ls", description = "List the buckets, or the blobs of one.")
  int list(
      @Mixin Connection connection,
      @Mixin Output output,
      @Parameters(
              paramLabel = "BUCKET[/PREFIX]",
              arity = "0..1",
              defaultValue = "",
              description = "Nothing: the buckets. PREFIX: only keys that begin with it.")
          String place) {
    try (TrivetClient client = connection.connect()) {
      if (place.isEmpty()) {
        listBuckets(client, output);
      } else {
        listBlobs(client, output, BlobAddress.parse(place));
      }
      return 0;
    }
  }

  private static void listBuckets(TrivetClient client, Output output) {
    var buckets = client.blobs().buckets();
    if (output.isJson()) {
      output.message(ListBucketsResponse.newBuilder().addAllBuckets(buckets).build());
      return;
    }
    if (output.isValue()) {
      buckets.forEach(bucket -> output.line(bucket.getName()));
      return;
    }
    Table table = new Table("BUCKET", "BLOBS", "BYTES", "CREATED");
    for (BucketRecord bucket : buckets) {
      table.row(
          bucket.getName(),
          bucket.getObjectCount(),
          bucket.getSizeBytes(),
          Instant.ofEpochMilli(bucket.getCreatedMillis()));
    }
    table.print(output);
  }

  /** Line by line, as they come: a bucket may have more blobs than memory has room for. */
  private static void listBlobs(TrivetClient client, Output output, BlobAddress place) {
    client
        .blobs()
        .forEach(
            place.bucket(),
            place.key(),
            blob -> {
              Manifest manifest = blob.getManifest();
              if (output.isJson()) {
                output.message(blob);
              } else if (output.isValue()) {
                output.line(blob.getKey());
              } else {
                output.line(
                    "%12d  %s  %s"
                        .formatted(
                            manifest.getSizeBytes(),
                            Instant.ofEpochMilli(manifest.getModifiedMillis()),
                            blob.getKey()));
              }
            });
  }

  @Command(
      name = "cat",
      description = "Write a blob to standard output.",
      footer = "When it fails, what was written already is to be thrown away.")
  int print(
      @Mixin Connection connection,
      @Parameters(paramLabel = "BUCKET/KEY", description = "The blob.") String place)
      throws IOException {
    try (TrivetClient client = connection.connect()) {
      BlobCpCommand.toStandardOutput(client, BlobAddress.parseWithKey(place));
      return 0;
    }
  }

  @Command(name = "rm", description = "Delete a blob.")
  int remove(
      @Mixin Connection connection,
      @Mixin Output output,
      @Parameters(paramLabel = "BUCKET/KEY", description = "The blob.") String place) {
    BlobAddress blob = BlobAddress.parseWithKey(place);
    try (TrivetClient client = connection.connect()) {
      client.blobs().delete(blob.bucket(), blob.key());
      output.done("deleted " + blob);
      return 0;
    }
  }

  @Command(name = "mb", description = "Make a bucket.")
  int makeBucket(
      @Mixin Connection connection,
      @Mixin Output output,
      @Parameters(paramLabel = "BUCKET", description = "3 to 63 of a-z, 0-9, '.' and '-'.")
          String bucket) {
    try (TrivetClient client = connection.connect()) {
      client.blobs().createBucket(bucket);
      output.done("made bucket " + bucket);
      return 0;
    }
  }

  @Command(name = "rb", description = "Remove an empty bucket.")
  int removeBucket(
      @Mixin Connection connection,
      @Mixin Output output,
      @Parameters(paramLabel = "BUCKET", description = "The bucket.") String bucket) {
    try (TrivetClient client = connection.connect()) {
      client.blobs().deleteBucket(bucket);
      output.done("removed bucket " + bucket);
      return 0;
    }
  }
}
