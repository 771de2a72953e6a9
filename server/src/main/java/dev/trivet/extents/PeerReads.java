package dev.trivet.extents;

import com.google.protobuf.ByteString;
import dev.trivet.errors.ErrorCode;
import dev.trivet.peer.Member;
import dev.trivet.peer.PeerNetwork;
import dev.trivet.proto.peer.ExtentFrame;
import dev.trivet.proto.peer.ExtentReadRequest;
import dev.trivet.proto.peer.ExtentsGrpc;
import dev.trivet.state.entry.ExtentId;
import io.grpc.stub.BlockingClientCall;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads of extents on other nodes. A frame or two are read ahead; a node that sends nothing while
 * more is wanted has failed after a while. A slow consumer is no failure.
 */
final class PeerReads {
  private final PeerNetwork network;
  private final Duration stall;

  /**
   * @param stall a node that sends nothing for so long has failed
   */
  PeerReads(PeerNetwork network, Duration stall) {
    this.network = network;
    this.stall = stall;
  }

  /**
   * Hands a range out in order, each frame checked.
   *
   * @param length 0: to the extent's end
   * @return CRC64 of the whole extent as the other node tells it; 0 when the range does not reach
   *     the end
   * @throws dev.trivet.errors.TrivetException what the other node threw, {@code UNREACHABLE} or
   *     {@code BAD_DIGEST}; some bytes may have been handed out before
   */
  long read(Member holder, ExtentId id, long offset, long length, ExtentStorage.Sink sink) {
    ExtentReadRequest request =
        ExtentReadRequest.newBuilder()
            .setId(id.toByteString())
            .setOffset(offset)
            .setLength(length)
            .build();
    BlockingClientCall<?, ExtentFrame> call =
        ExtentsGrpc.newBlockingV2Stub(network.channel(holder)).read(request);
    boolean isRead = false;
    try {
      long at = offset;
      long crc64 = 0;
      ExtentFrame frame = next(holder, call);
      while (frame != null) {
        ByteString bytes = Frames.bytes(frame, at);
        if (length != 0 && at + bytes.size() > offset + length) {
          throw ErrorCode.BAD_DIGEST.exception(
              holder.name() + " sent more than " + length + " bytes");
        }
        sink.accept(bytes);
        at += frame.getData().size();
        crc64 = frame.getExtentCrc64();
        frame = next(holder, call);
      }
      isRead = true;
      if (length != 0 && at != offset + length) {
        throw ErrorCode.UNREACHABLE.exception(
            holder.name() + " sent " + (at - offset) + " of " + length + " bytes");
      }
      return crc64;
    } finally {
      if (!isRead) {
        call.cancel("no more is wanted", null);
      }
    }
  }

  private @Nullable ExtentFrame next(Member holder, BlockingClientCall<?, ExtentFrame> call) {
    return PeerAnswers.take(holder, () -> call.read(stall.toMillis(), TimeUnit.MILLISECONDS));
  }
}
