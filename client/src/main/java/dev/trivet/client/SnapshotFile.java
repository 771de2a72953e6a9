package dev.trivet.client;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.snapshot.SnapshotEnd;
import dev.trivet.proto.snapshot.SnapshotHead;
import dev.trivet.proto.snapshot.SnapshotPart;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot of the key space in a file, as {@code trivet/snapshot.proto} describes it. One part is
 * in memory at a time.
 */
public final class SnapshotFile {
  private static final byte[] MAGIC = "TRVSNAP1".getBytes(StandardCharsets.US_ASCII);

  /** A part is 128 KiB and a row more; a length above this is damage. */
  private static final int MAX_PART_BYTES = 64 << 20;

  private static final int BUFFER_BYTES = 1 << 16;
  private static final int DIGEST_BYTES = 32;

  private final Path path;
  private final Consumer<SnapshotPart> target;
  private @Nullable SnapshotHead head;
  private @Nullable SnapshotEnd end;
  private long rows;

  private SnapshotFile(Path path, Consumer<SnapshotPart> target) {
    this.path = path;
    this.target = target;
  }

  /**
   * What a snapshot is about.
   *
   * @param bytes of the whole file
   */
  public record About(SnapshotHead head, SnapshotEnd end, long bytes) {}

  /**
   * Reads the whole file and compares every checksum.
   *
   * @throws TrivetException DATA_FOREIGN if it is no snapshot; DATA_CORRUPT if it is not whole
   * @throws IOException when it cannot be read
   */
  public static About verify(Path path) throws IOException {
    return read(path, _ -> {});
  }

  /**
   * Hands over every part, the head first and the end last, each after its own checksum was
   * compared. That the file is whole is known only at the end: verify it first.
   *
   * @throws TrivetException as {@link #verify}
   * @throws IOException when it cannot be read
   */
  public static About read(Path path, Consumer<SnapshotPart> target) throws IOException {
    SnapshotFile reader = new SnapshotFile(path, target);
    MessageDigest digest = Digests.sha256();
    try (DigestInputStream hashed =
        new DigestInputStream(
            new BufferedInputStream(Files.newInputStream(path), BUFFER_BYTES), digest)) {
      return reader.read(new DataInputStream(hashed), hashed, Files.size(path));
    } catch (EOFException e) {
      throw ErrorCode.DATA_CORRUPT.exception(path + " ends too early: save it again", e);
    }
  }

  private About read(DataInputStream in, DigestInputStream hashed, long size) throws IOException {
    if (!Arrays.equals(in.readNBytes(MAGIC.length), MAGIC)) {
      throw ErrorCode.DATA_FOREIGN.exception(path + " is not a snapshot of Trivet's keys");
    }
    long read = (long) MAGIC.length + Integer.BYTES;
    int length = in.readInt();
    while (length != 0) {
      take(part(in, length));
      read += length + 2L * Integer.BYTES;
      length = in.readInt();
    }
    long padding = size - DIGEST_BYTES - read;
    if (padding < 0 || padding > BUFFER_BYTES) {
      throw corrupt("is not as long as it says");
    }
    // Read, not skipped: the digest is over these as well.
    in.readFully(new byte[Math.toIntExact(padding)]);
    byte[] computed = hashed.getMessageDigest().digest();
    if (!Arrays.equals(in.readNBytes(DIGEST_BYTES), computed)) {
      throw corrupt("does not have its SHA-256");
    }
    if (head == null || end == null) {
      throw corrupt("has no head or no end");
    }
    return new About(head, end, size);
  }

  private SnapshotPart part(DataInputStream in, int length) throws IOException {
    if (length < 0 || length > MAX_PART_BYTES) {
      throw corrupt("has a part of %d bytes".formatted(length));
    }
    byte[] payload = in.readNBytes(length);
    CRC32C crc = new CRC32C();
    crc.update(payload);
    if (payload.length < length || in.readInt() != (int) crc.getValue()) {
      throw corrupt("has a part without its checksum");
    }
    return SnapshotPart.parseFrom(payload);
  }

  private void take(SnapshotPart part) {
    if (end != null || part.hasHead() != (head == null)) {
      throw corrupt("has its parts in a wrong order");
    }
    switch (part.getKindCase()) {
      case HEAD -> head = part.getHead();
      case ROWS -> rows += part.getRows().getRowsCount();
      case END -> {
        end = part.getEnd();
        if (part.getEnd().getRows() != rows) {
          throw corrupt("has %d rows of %d".formatted(rows, part.getEnd().getRows()));
        }
      }
      case KIND_NOT_SET -> throw corrupt("was written by a newer version");
    }
    target.accept(part);
  }

  private TrivetException corrupt(String what) {
    return ErrorCode.DATA_CORRUPT.exception(path + " " + what + ": do not restore it");
  }
}
