package dev.trivet.cli;

import dev.trivet.client.TrivetClient;
import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.api.PutBlobHeader;
import dev.trivet.proto.blobs.Manifest;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "cp",
    description = "Copy a file into a bucket, or a blob into a file.",
    footer = {
      "Exactly one of SRC and DST is a blob, written trivet:BUCKET/KEY; the other is a file,",
      "or '-' for standard input or output. A DST that is a folder or ends with '/' keeps the",
      "name of SRC. A file appears under its name only when it is whole and its SHA-256 was",
      "compared.",
      "Example: trivet blob cp --create-bucket photo.jpg trivet:photos/2026/"
    })
final class BlobCpCommand implements Callable<Integer> {
  private static final String STANDARD = "-";

  @Mixin private final Connection connection = new Connection();
  @Mixin private final Output output = new Output();

  @Parameters(paramLabel = "SRC", index = "0")
  private String source = "";

  @Parameters(paramLabel = "DST", index = "1")
  private String destination = "";

  @Option(names = "--create-bucket", description = "Make the bucket if it is not there.")
  private boolean createsBucket;

  @Option(
      names = "--content-type",
      defaultValue = "application/octet-stream",
      description = "Kept with the blob (${DEFAULT-VALUE}).")
  private String contentType = "";

  @Override
  public Integer call() throws IOException {
    boolean isUpload = BlobAddress.isMarked(destination);
    if (isUpload == BlobAddress.isMarked(source)) {
      throw ErrorCode.INVALID_ARGUMENT.exception(
          "exactly one of SRC and DST begins with 'trivet:', got '%s' and '%s'"
              .formatted(source, destination));
    }
    try (TrivetClient client = connection.connect()) {
      if (isUpload) {
        upload(client, BlobAddress.parse(destination));
      } else {
        download(client, BlobAddress.parseWithKey(source));
      }
      return 0;
    }
  }

  private void upload(TrivetClient client, BlobAddress place) throws IOException {
    boolean isStandard = source.equals(STANDARD);
    Path file = Path.of(source);
    if (!isStandard && !Files.isRegularFile(file)) {
      throw ErrorCode.NO_ENTRY.exception("'" + source + "' is no file");
    }
    BlobAddress target =
        isStandard ? place : place.orWithin(String.valueOf(file.toAbsolutePath().getFileName()));
    if (target.key().isEmpty()) {
      throw ErrorCode.INVALID_ARGUMENT.exception(
          "standard input has no name: give DST a key, " + place + "KEY");
    }
    if (createsBucket) {
      client.blobs().ensureBucket(target.bucket());
    }
    PutBlobHeader header =
        PutBlobHeader.newBuilder()
            .setBucket(target.bucket())
            .setKey(target.key())
            .setContentType(contentType)
            .build();
    Manifest stored =
        isStandard
            ? client.blobs().put(header, System.in)
            : client.blobs().put(header, () -> Files.newInputStream(file));
    tell("stored " + target, stored);
  }

  private void download(TrivetClient client, BlobAddress blob) throws IOException {
    if (destination.equals(STANDARD)) {
      toStandardOutput(client, blob);
      return;
    }
    Path file = Path.of(destination).toAbsolutePath().normalize();
    if (Files.isDirectory(file) || destination.endsWith("/")) {
      file = file.resolve(blob.lastName());
    }
    Path folder = file.getParent();
    Path name = file.getFileName();
    if (folder == null || name == null) {
      throw ErrorCode.INVALID_ARGUMENT.exception("'" + destination + "' is no place for a file");
    }
    Path part = Files.createTempFile(folder, "." + name + ".", ".part");
    try {
      Manifest manifest = toFile(client, blob, part);
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
      tell("wrote " + file, manifest);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private static Manifest toFile(TrivetClient client, BlobAddress blob, Path file)
      throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      Manifest manifest =
          client.blobs().get(blob.bucket(), blob.key(), Channels.newOutputStream(channel));
      channel.force(true);
      return manifest;
    }
  }

  /** Not by way of System.out, which would not tell that the reader has gone. */
  static void toStandardOutput(TrivetClient client, BlobAddress blob) throws IOException {
    try (OutputStream out = new FileOutputStream(FileDescriptor.out)) {
      client.blobs().get(blob.bucket(), blob.key(), out);
    }
  }

  private void tell(String what, Manifest manifest) {
    String digest = HexFormat.of().formatHex(manifest.getSha256().toByteArray());
    output.show(
        () -> manifest,
        () -> List.of(digest),
        () ->
            output.line(
                "%s: %d bytes, sha256 %s".formatted(what, manifest.getSizeBytes(), digest)));
  }
}
