package dev.trivet.replicate;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.log.Batch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/**
 * The bytes of a log entry: 0x54, the format's version, a {@link Batch}. Raft's own log holds the
 * length and a checksum, so they are not repeated here.
 */
final class EntryFormat {
  static final int HEADER_BYTES = 2;

  private static final byte MAGIC = 0x54;
  private static final byte VERSION = 1;

  private EntryFormat() {}

  static byte[] encode(Batch batch) {
    byte[] entry = new byte[HEADER_BYTES + batch.getSerializedSize()];
    entry[0] = MAGIC;
    entry[1] = VERSION;
    CodedOutputStream body =
        CodedOutputStream.newInstance(entry, HEADER_BYTES, entry.length - HEADER_BYTES);
    try {
      batch.writeTo(body);
    } catch (IOException e) {
      throw new UncheckedIOException("an array of the batch's own size was too small", e);
    }
    return entry;
  }

  /**
   * Reads an entry; the buffer is not moved.
   *
   * @throws dev.trivet.errors.TrivetException {@code DATA_CORRUPT} when this is no entry, {@code
   *     DATA_TOO_NEW} when a later version wrote it
   */
  static Batch decode(ByteBuffer entry) {
    ByteBuffer body = entry.duplicate();
    if (body.remaining() < HEADER_BYTES) {
      throw ErrorCode.DATA_CORRUPT.exception(
          "a log entry has " + HEADER_BYTES + " bytes at least: got " + body.remaining());
    }
    byte magic = body.get();
    if (magic != MAGIC) {
      throw ErrorCode.DATA_CORRUPT.exception(
          "a log entry begins with byte 0x54: got 0x" + Integer.toHexString(magic & 0xff));
    }
    int version = body.get() & 0xff;
    if (version > VERSION) {
      throw ErrorCode.DATA_TOO_NEW.exception(
          "the log entry has format " + version + ", this version reads " + VERSION);
    }
    if (version < VERSION) {
      throw ErrorCode.DATA_CORRUPT.exception("no log entry has format " + version);
    }
    try {
      return Batch.parseFrom(body);
    } catch (InvalidProtocolBufferException e) {
      throw ErrorCode.DATA_CORRUPT.exception("the log entry's batch cannot be parsed", e);
    }
  }
}
