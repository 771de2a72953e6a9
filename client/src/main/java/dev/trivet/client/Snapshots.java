package dev.trivet.client;

import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.api.AdminGrpc;
import dev.trivet.proto.api.RestoreRequest;
import dev.trivet.proto.etcd.MaintenanceGrpc;
import dev.trivet.proto.etcd.SnapshotRequest;
import dev.trivet.proto.etcd.SnapshotResponse;
import io.grpc.Channel;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * Snapshots of the key space and of users: out of a cluster into a file, and from a file into a
 * fresh cluster.
 */
public final class Snapshots {
  private static final Duration STALL_LIMIT = Duration.ofSeconds(60);

  /** A part must find a leader within this; the restore can be begun again after it. */
  private static final Duration PART_LIMIT = Duration.ofSeconds(30);

  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ALONE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final Wire wire;
  private final Channel channel;

  Snapshots(Wire wire) {
    this.wire = wire;
    this.channel = wire.channel();
  }

  /**
   * Saves the key space as it is now. The file appears, durable and verified, or not at all; only
   * its owner may read it, for what is kept of passwords is in it.
   *
   * @param progress told the bytes written so far
   * @throws dev.trivet.errors.TrivetException as any read; DATA_CORRUPT if what came is not whole
   * @throws IOException when the file cannot be written
   */
  public SnapshotFile.About save(Path file, LongConsumer progress) throws IOException {
    Path draft = file.resolveSibling(file.getFileName() + ".part");
    try {
      receive(draft, progress);
      SnapshotFile.About about = SnapshotFile.verify(draft);
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      return about;
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  private void receive(Path draft, LongConsumer progress) throws IOException {
    Files.deleteIfExists(draft);
    try (FileChannel out =
            FileChannel.open(
                draft,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                OWNER_ALONE);
        ByteCall<SnapshotRequest, SnapshotResponse> call =
            new ByteCall<>(channel, MaintenanceGrpc.getSnapshotMethod(), STALL_LIMIT)) {
      call.start();
      call.send(SnapshotRequest.getDefaultInstance());
      call.halfClose();
      SnapshotResponse next = call.receive(false);
      while (next != null) {
        for (var bytes : next.getBlob().asReadOnlyByteBufferList()) {
          while (bytes.hasRemaining()) {
            out.write(bytes);
          }
        }
        progress.accept(out.position());
        next = call.receive(false);
      }
      out.force(true);
    }
  }

  /**
   * Restores a file into a cluster whose key space is fresh, and which has no users if the file has
   * some. Authentication is on afterwards if it was when the file was saved. The file is verified
   * first. When this fails in the middle, the same call with the same file goes on.
   *
   * @param progress told how many rows the cluster has acknowledged
   * @throws dev.trivet.errors.TrivetException RESTORE_REFUSED if the cluster is not fresh;
   *     DATA_FOREIGN, DATA_CORRUPT
   * @throws IOException when the file cannot be read
   */
  public SnapshotFile.About restore(Path file, LongConsumer progress) throws IOException {
    SnapshotFile.About verified = SnapshotFile.verify(file);
    Attempts calls = new Attempts(wire, PART_LIMIT);
    long[] rows = new long[1];
    SnapshotFile.About restored =
        SnapshotFile.read(
            file,
            part -> {
              // Every part may be applied twice, so it may also be tried twice.
              var _ =
                  calls.read(
                      AdminGrpc.getRestoreMethod(),
                      RestoreRequest.newBuilder().setPart(part).build());
              rows[0] += part.getRows().getRowsCount();
              progress.accept(rows[0]);
            });
    if (!restored.equals(verified)) {
      throw ErrorCode.DATA_CORRUPT.exception(file + " was changed while it was restored");
    }
    return restored;
  }
}
