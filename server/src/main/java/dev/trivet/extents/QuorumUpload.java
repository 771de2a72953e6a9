package dev.trivet.extents;

import com.google.protobuf.UnsafeByteOperations;
import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.blobs.Extent;
import dev.trivet.proto.peer.ExtentEnd;
import dev.trivet.state.entry.ExtentId;
import java.nio.ByteBuffer;

/** One extent on its way to all nodes: cuts the caller's bytes into frames. */
final class QuorumUpload implements ExtentStorage.Upload {
  private final ExtentId id;
  private final long beganMillis;
  private final Lanes lanes;
  private final Runnable onEnd;
  private final Crc64Nvme payload = new Crc64Nvme();
  private byte[] frame = new byte[Frames.MAX_BYTES];
  private int filled;
  private long size;
  private boolean isEnded;

  /**
   * @param onEnd called once, when the upload is finished or given up
   */
  QuorumUpload(ExtentId id, long beganMillis, Lanes lanes, Runnable onEnd) {
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
    lanes.finish(ExtentEnd.newBuilder().setSizeBytes(size).setCrc64(payload.value()).build());
    isEnded = true;
    onEnd.run();
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
      onEnd.run();
    }
  }

  private void sendFrame() {
    payload.update(frame, 0, filled);
    // The lanes keep the array: the next frame gets one of its own.
    lanes.offer(Frames.frame(size, UnsafeByteOperations.unsafeWrap(frame, 0, filled)).build());
    size += filled;
    filled = 0;
    frame = new byte[Frames.MAX_BYTES];
  }

  private void requireOpen() {
    if (isEnded) {
      throw new IllegalStateException("the upload of extent " + id + " has ended");
    }
  }
}
