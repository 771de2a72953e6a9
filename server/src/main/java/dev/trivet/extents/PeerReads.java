package dev.trivet.extents;

import dev.trivet.errors.ErrorCode;
import dev.trivet.peer.Member;
import dev.trivet.peer.PeerNetwork;
import dev.trivet.proto.peer.ExtentFrame;
import dev.trivet.proto.peer.ExtentReadRequest;
import dev.trivet.proto.peer.ExtentsGrpc;
import dev.trivet.state.entry.ExtentId;
import io.grpc.stub.BlockingClientCall;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads of extents on other nodes. A frame or two are read ahead; a node that sends nothing for ten
 * seconds while more is wanted has failed. A slow consumer is no failure.
 */
final class PeerReads {
  private static final long STALL_SECONDS = 10;

  private final PeerNetwork network;

  PeerReads(PeerNetwork network) {
    this.network = network;
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
        sink.accept(Frames.bytes(frame, at));
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

  private static @Nullable ExtentFrame next(
      Member holder, BlockingClientCall<?, ExtentFrame> call) {
    return PeerAnswers.take(holder, () -> call.read(STALL_SECONDS, TimeUnit.SECONDS));
  }
}
