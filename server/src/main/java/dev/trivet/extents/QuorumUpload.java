package dev.trivet.extents;

import com.google.protobuf.UnsafeByteOperations;
import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.blobs.Extent;
import dev.trivet.proto.peer.ExtentEnd;
import dev.trivet.state.entry.ExtentId;
import java.nio.ByteBuffer;
import java.util.function.IntConsumer;

/** One extent on its way to all nodes: cuts the caller's bytes into frames. */
final class QuorumUpload implements ExtentStorage.Upload {
  private final ExtentId id;
  private final long beganMillis;
  private final Lanes lanes;
  private final IntConsumer onEnd;
  private final Crc64Nvme payload = new Crc64Nvme();
  private byte[] frame = {};
  private int filled;
  private long size;
  private boolean isEnded;

  /**
   * @param onEnd called once, when the upload is finished or given up, with the number of copies
   *     that a finished one did without
   */
  QuorumUpload(ExtentId id, long beganMillis, Lanes lanes, IntConsumer onEnd) {
    this.id = id;
    this.beganMillis = beganMillis;
    this.lanes = lanes;
    this.onEnd = onEnd;
  }

  @Override
  public void write(ByteBuffer bytes) {
    requireOpen();
    if (size + filled + bytes.remaining() > ExtentFormat.MAX_PAYLOAD_BYTES) {
      throw ErrorCode.INVALID_ARGUMENT.exception(
          "an extent has at most "
              + ExtentFormat.MAX_PAYLOAD_BYTES
              + " bytes, got "
              + (size + filled + bytes.remaining()));
    }
    while (bytes.hasRemaining()) {
      if (filled == 0) {
        // The lanes still keep the last one.
        frame = new byte[Frames.MAX_BYTES];
      }
      int step = Math.min(bytes.remaining(), frame.length - filled);
      bytes.get(frame, filled, step);
      filled += step;
      if (filled == frame.length) {
        sendFrame();
      }
    }
  }

  @Override
  public Extent finish() {
    requireOpen();
    if (filled > 0) {
      sendFrame();
    }
    int leftOut =
        lanes.finish(ExtentEnd.newBuilder().setSizeBytes(size).setCrc64(payload.value()).build());
    isEnded = true;
    onEnd.accept(leftOut);
    return Extent.newBuilder()
        .setId(id.toByteString())
        .setSizeBytes(size)
        .setCrc64(payload.value())
        .build();
  }

  @Override
  public long beganMillis() {
    return beganMillis;
  }

  @Override
  public void close() {
    if (!isEnded) {
      isEnded = true;
      lanes.abandon();
      onEnd.accept(0);
    }
  }

  private void sendFrame() {
    payload.update(frame, 0, filled);
    lanes.offer(Frames.frame(size, UnsafeByteOperations.unsafeWrap(frame, 0, filled)).build());
    size += filled;
    filled = 0;
  }

  private void requireOpen() {
    if (isEnded) {
      throw new IllegalStateException("the upload of extent " + id + " has ended");
    }
  }
}
