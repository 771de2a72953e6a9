package dev.trivet.store;

import dev.trivet.errors.ErrorCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * A small file that is replaced as a whole: eight bytes of magic, version (4), length of the
 * payload (4), payload, CRC32C of all before (4); numbers big-endian.
 *
 * <p>Written beside itself, forced and renamed: it is the old one or the new one.
 *
 * @param what the file is, for messages: "the identity of a Trivet node"
 */
public record SealedFile(Path file, long magic, int version, String what) {
  private static final int HEAD_BYTES = 16;
  private static final int MAX_PAYLOAD_BYTES = 64 << 10;

  /** Replaces the content, which is durable once the folder is synced. */
  public void write(byte[] payload) throws IOException {
    ByteBuffer whole = ByteBuffer.allocate(HEAD_BYTES + payload.length + 4);
    whole.putLong(magic).putInt(version).putInt(payload.length).put(payload);
    whole.putInt(crc(whole.duplicate().flip())).flip();
    try (FileChannel channel =
        FileChannel.open(
            draft(),
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      while (whole.hasRemaining()) {
        channel.write(whole);
      }
      channel.force(true);
    }
    Files.move(draft(), file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /**
   * The payload.
   *
   * @throws dev.trivet.errors.TrivetException DATA_FOREIGN, DATA_TOO_NEW, DATA_CORRUPT
   */
  public ByteBuffer read() throws IOException {
    if (Files.size(file) > HEAD_BYTES + MAX_PAYLOAD_BYTES + 4) {
      throw ErrorCode.DATA_CORRUPT.exception(file + " is too long for " + what);
    }
    ByteBuffer whole = ByteBuffer.wrap(Files.readAllBytes(file));
    if (whole.remaining() < HEAD_BYTES + 4 || whole.getLong() != magic) {
      throw ErrorCode.DATA_FOREIGN.exception(file + " is not " + what);
    }
    int written = whole.getInt();
    if (written > version) {
      throw ErrorCode.DATA_TOO_NEW.exception(
          file + " has version " + written + ", this program reads up to " + version);
    }
    int length = whole.getInt();
    if (length != whole.remaining() - 4
        || whole.getInt(HEAD_BYTES + length)
            != crc(whole.duplicate().position(0).limit(HEAD_BYTES + length))) {
      throw ErrorCode.DATA_CORRUPT.exception(
          file + " does not have its checksum: this node must not go on under its old identity");
    }
    return whole.limit(HEAD_BYTES + length).slice();
  }

  /** Where the next content is written before it takes the file's place. */
  public Path draft() {
    return file.resolveSibling(file.getFileName() + ".new");
  }

  private static int crc(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }
}
