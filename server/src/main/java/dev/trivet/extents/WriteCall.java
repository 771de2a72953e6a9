package dev.trivet.extents;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.peer.PeerErrors;
import dev.trivet.proto.peer.ExtentEnd;
import dev.trivet.proto.peer.ExtentFrame;
import dev.trivet.proto.peer.ExtentHeader;
import dev.trivet.proto.peer.ExtentWrite;
import dev.trivet.proto.peer.ExtentWritten;
import dev.trivet.state.entry.ExtentId;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;

/**
 * One extent that another node sends. The next message is asked for only when the last one is
 * written; the answer goes out only when the file is on disk.
 *
 * <p>gRPC calls it from one thread at a time, the cancelling included.
 */
final class WriteCall implements StreamObserver<ExtentWrite> {
  private final LocalExtents local;
  private final ServerCallStreamObserver<ExtentWritten> call;
  private final Runnable onEnd;
  private @Nullable ExtentWriter writer;
  private boolean isEnded;

  /**
   * @param onEnd called once, when the call has ended one way or the other; not after {@link
   *     #refuse}
   */
  WriteCall(LocalExtents local, ServerCallStreamObserver<ExtentWritten> call, Runnable onEnd) {
    this.local = local;
    this.call = call;
    this.onEnd = onEnd;
  }

  void refuse(TrivetException refusal) {
    isEnded = true;
    call.onError(PeerErrors.toStatus(refusal));
  }

  @Override
  public void onNext(ExtentWrite message) {
    if (isEnded) {
      return;
    }
    try {
      switch (message.getKindCase()) {
        case HEADER -> begin(message.getHeader());
        case FRAME -> append(message.getFrame());
        case END -> end(message.getEnd());
        case KIND_NOT_SET -> throw outOfOrder("a message of an unknown kind");
      }
    } catch (RuntimeException e) {
      // The edge: whatever it was, the other node hears of it.
      abandon();
      call.onError(PeerErrors.toStatus(e));
    }
  }

  @Override
  public void onError(Throwable failure) {
    abandon();
  }

  @Override
  public void onCompleted() {
    if (!isEnded) {
      abandon();
      call.onError(PeerErrors.toStatus(outOfOrder("the stream's end, but no end of the extent")));
    }
  }

  /** Removes what is not complete. */
  void abandon() {
    if (isEnded) {
      return;
    }
    isEnded = true;
    try {
      if (writer != null) {
        writer.close();
      }
    } finally {
      onEnd.run();
    }
  }

  private void begin(ExtentHeader header) {
    if (writer != null) {
      throw outOfOrder("a second header");
    }
    if (header.getId().size() != ExtentId.BYTES) {
      throw ErrorCode.INVALID_ARGUMENT.exception(
          "an extent id has " + ExtentId.BYTES + " bytes, got " + header.getId().size());
    }
    writer = local.receive(ExtentId.of(header.getId()), header.getBeganMillis());
    call.request(1);
  }

  private void append(ExtentFrame frame) {
    ExtentWriter target = requireWriter("a frame");
    target.append(Frames.bytes(frame, target.size()));
    call.request(1);
  }

  private void end(ExtentEnd end) {
    ExtentWriter target = requireWriter("an end");
    target.complete(end.getSizeBytes(), end.getCrc64());
    isEnded = true;
    onEnd.run();
    call.onNext(
        ExtentWritten.newBuilder()
            .setSizeBytes(end.getSizeBytes())
            .setCrc64(end.getCrc64())
            .build());
    call.onCompleted();
  }

  private ExtentWriter requireWriter(String what) {
    if (writer == null) {
      throw outOfOrder(what + " before the header");
    }
    return writer;
  }

  private static TrivetException outOfOrder(String what) {
    return ErrorCode.INVALID_ARGUMENT.exception("a stream of an extent has " + what);
  }
}
