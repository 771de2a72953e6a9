package dev.trivet.extents;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.state.entry.ExtentId;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The bytes around an extent's payload. All numbers are big-endian.
 *
 * <pre>
 * header, 40 bytes     magic 8 | version 4 | extent id 16 | began, log time in ms 8 | CRC32C 4
 * payload              0 to 1 GiB
 * block checksums      CRC32C of each 64 KiB of payload, 4 bytes each; the last block may be short
 * tail, 28 bytes       payload length 8 | CRC64NVME of the payload 8 | CRC32C 4 | magic 8
 * </pre>
 *
 * <p>The header's CRC covers what precedes it; the tail's covers the block checksums and what
 * precedes it in the tail. A later version may change all but the header's layout: its CRC is
 * checked before its version is believed, so that a flipped bit is never taken for another version.
 */
final class ExtentFormat {
  static final int VERSION = 1;

  /** Files of versions below cannot be read any more. */
  static final int OLDEST_VERSION = 1;

  static final int BLOCK_BYTES = 64 << 10;
  static final long MAX_PAYLOAD_BYTES = 1L << 30;
  static final int HEADER_BYTES = 40;
  static final int TAIL_BYTES = 28;

  private static final long HEAD_MAGIC = magic("TrivExt\n");
  private static final long TAIL_MAGIC = magic("\nTrivEnd");

  private ExtentFormat() {}

  /** Whole length of the file of a payload. */
  static long fileBytes(long payloadBytes) {
    return HEADER_BYTES + payloadBytes + trailerBytes(payloadBytes);
  }

  /** Block checksums and tail. */
  static int trailerBytes(long payloadBytes) {
    return 4 * blocks(payloadBytes) + TAIL_BYTES;
  }

  static int blocks(long payloadBytes) {
    return Math.toIntExact((payloadBytes + BLOCK_BYTES - 1) / BLOCK_BYTES);
  }

  static ByteBuffer header(int version, ExtentId id, long beganMillis) {
    ByteBuffer header =
        ByteBuffer.allocate(HEADER_BYTES)
            .putLong(HEAD_MAGIC)
            .putInt(version)
            .put(id.toBytes())
            .putLong(beganMillis);
    return header.putInt(crc(header, header.position())).flip();
  }

  /**
   * Checks a header.
   *
   * @return log time when the upload began
   */
  static long beganMillis(ByteBuffer header, ExtentId expected) {
    if (header.remaining() != HEADER_BYTES || header.getLong(0) != HEAD_MAGIC) {
      throw corrupt(expected, "it does not begin as an extent's file does");
    }
    if (header.getInt(36) != crc(header, 36)) {
      throw corrupt(expected, "its header does not have its checksum");
    }
    int version = header.getInt(8);
    if (version > VERSION) {
      throw ErrorCode.DATA_TOO_NEW.exception(
          "extent " + expected + " has format " + version + ", this version reads " + VERSION);
    }
    if (version < OLDEST_VERSION) {
      throw ErrorCode.DATA_TOO_OLD.exception(
          "extent "
              + expected
              + " has format "
              + version
              + ", this version reads "
              + OLDEST_VERSION
              + " and later");
    }
    ExtentId id = new ExtentId(header.getLong(12), header.getLong(20));
    if (!id.equals(expected)) {
      throw corrupt(expected, "its header names extent " + id);
    }
    return header.getLong(28);
  }

  /**
   * @param blockChecksums four bytes a block
   */
  static ByteBuffer trailer(byte[] blockChecksums, long payloadBytes, long crc64) {
    ByteBuffer trailer =
        ByteBuffer.allocate(blockChecksums.length + TAIL_BYTES)
            .put(blockChecksums)
            .putLong(payloadBytes)
            .putLong(crc64);
    return trailer.putInt(crc(trailer, trailer.position())).putLong(TAIL_MAGIC).flip();
  }

  /** Payload length that the tail tells, once it fits the file's length. */
  static long payloadBytes(ByteBuffer tail, long fileBytes, ExtentId id) {
    if (tail.remaining() != TAIL_BYTES || tail.getLong(TAIL_BYTES - 8) != TAIL_MAGIC) {
      throw corrupt(id, "its end is missing");
    }
    long payloadBytes = tail.getLong(0);
    if (payloadBytes < 0
        || payloadBytes > MAX_PAYLOAD_BYTES
        || fileBytes(payloadBytes) != fileBytes) {
      throw corrupt(
          id,
          "its file has " + fileBytes + " bytes, its tail tells of " + payloadBytes + " inside");
    }
    return payloadBytes;
  }

  /** Checks a whole trailer of the right length; the CRC64 is at {@link #crc64}. */
  static void check(ByteBuffer trailer, ExtentId id) {
    int covered = trailer.limit() - 12;
    if (trailer.getInt(covered) != crc(trailer, covered)) {
      throw corrupt(id, "its trailer does not have its checksum");
    }
  }

  static long crc64(ByteBuffer trailer) {
    return trailer.getLong(trailer.limit() - 20);
  }

  static TrivetException corrupt(ExtentId id, String what) {
    return ErrorCode.DATA_CORRUPT.exception("extent " + id + " is damaged: " + what);
  }

  private static int crc(ByteBuffer bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.duplicate().position(0).limit(length));
    return (int) crc.getValue();
  }

  private static long magic(String eightCharacters) {
    return ByteBuffer.wrap(eightCharacters.getBytes(US_ASCII)).getLong();
  }
}
