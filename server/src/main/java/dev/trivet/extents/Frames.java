package dev.trivet.extents;

import com.google.protobuf.ByteString;
import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.peer.ExtentFrame;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** Pieces of payload between nodes, each with its own checksum. */
final class Frames {
  /** Most bytes of one frame. */
  static final int MAX_BYTES = ExtentWriter.MAX_APPEND_BYTES;

  private Frames() {}

  static ExtentFrame.Builder frame(long offset, ByteString data) {
    return ExtentFrame.newBuilder().setOffset(offset).setData(data).setCrc32C(crc(data));
  }

  /**
   * The frame's bytes, once their place and checksum are right.
   *
   * @throws dev.trivet.errors.TrivetException {@code BAD_DIGEST} when they are not
   */
  static ByteString bytes(ExtentFrame frame, long expectedOffset) {
    if (frame.getOffset() != expectedOffset) {
      throw ErrorCode.BAD_DIGEST.exception(
          "a frame for offset " + frame.getOffset() + " came where " + expectedOffset + " is next");
    }
    if (frame.getCrc32C() != crc(frame.getData())) {
      throw ErrorCode.BAD_DIGEST.exception(
          "the frame at offset " + expectedOffset + " does not have its checksum");
    }
    return frame.getData();
  }

  private static int crc(ByteString data) {
    CRC32C crc = new CRC32C();
    for (ByteBuffer part : data.asReadOnlyByteBufferList()) {
      crc.update(part);
    }
    return (int) crc.getValue();
  }
}
