package dev.trivet.extents;

import com.google.protobuf.ByteString;
import dev.trivet.errors.ErrorCode;
import dev.trivet.peer.PeerErrors;
import dev.trivet.proto.peer.ExtentFrame;
import dev.trivet.proto.peer.ExtentReadRequest;
import dev.trivet.state.entry.ExtentId;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One range that another node reads. A frame goes out only when the connection has taken the last
 * ones.
 */
final class ReadCall implements Runnable {
  /** Who takes nothing for so long may ask again. */
  private static final long STALL_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final LocalExtents local;
  private final ExtentReadRequest request;
  private final ServerCallStreamObserver<ExtentFrame> call;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /** Made before the service's method returns: later no handler may be set. */
  ReadCall(
      LocalExtents local, ExtentReadRequest request, ServerCallStreamObserver<ExtentFrame> call) {
    this.local = local;
    this.request = request;
    this.call = call;
    call.setOnReadyHandler(this::wake);
    call.setOnCancelHandler(this::wake);
  }

  @Override
  public void run() {
    try {
      if (request.getId().size() != ExtentId.BYTES) {
        throw ErrorCode.INVALID_ARGUMENT.exception(
            "an extent id has " + ExtentId.BYTES + " bytes, got " + request.getId().size());
      }
      boolean isWhole = local.read(ExtentId.of(request.getId()), this::send);
      if (isWhole) {
        call.onCompleted();
      }
    } catch (RuntimeException e) {
      // The edge: whatever it was, the other node hears of it.
      if (!call.isCancelled()) {
        call.onError(PeerErrors.toStatus(e));
      }
    }
  }

  /** False when the caller went away. */
  private boolean send(ExtentReader reader) {
    long length =
        request.getLength() == 0 ? reader.size() - request.getOffset() : request.getLength();
    Outlet outlet = new Outlet(reader, request.getOffset());
    reader.read(request.getOffset(), length, outlet);
    if (reader.size() == 0) {
      outlet.accept(ByteString.EMPTY);
    }
    return !call.isCancelled();
  }

  private void wake() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void awaitReady() {
    long left = STALL_NANOS;
    lock.lock();
    try {
      while (!call.isReady() && !call.isCancelled()) {
        if (left <= 0) {
          throw ErrorCode.DEADLINE_EXCEEDED.exception(
              "the reader took nothing for " + TimeUnit.NANOSECONDS.toSeconds(STALL_NANOS) + " s");
        }
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw ErrorCode.STOPPING.exception();
    } finally {
      lock.unlock();
    }
    if (call.isCancelled()) {
      throw ErrorCode.STOPPING.exception();
    }
  }

  private final class Outlet implements ExtentStorage.Sink {
    private final ExtentReader reader;
    private long offset;

    Outlet(ExtentReader reader, long offset) {
      this.reader = reader;
      this.offset = offset;
    }

    @Override
    public void accept(ByteString bytes) {
      awaitReady();
      ExtentFrame.Builder frame = Frames.frame(offset, bytes);
      offset += bytes.size();
      if (offset == reader.size()) {
        frame.setExtentCrc64(reader.crc64());
      }
      call.onNext(frame.build());
    }
  }
}
