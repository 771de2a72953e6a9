package dev.trivet.api.port;

import com.google.protobuf.MessageLite;
import dev.trivet.api.edge.Statuses;
import dev.trivet.errors.ErrorCode;
import io.grpc.Attributes;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds the answers that wait in memory for clients that do not read. HTTP/2 keeps an answer until
 * its client has room for it, which may be never, and a connection may have thousands of calls.
 *
 * <p>Single answers are counted from when they are given to be sent to when they are sent or their
 * call has ended. A connection beyond its limit, or any while all together are beyond theirs, gets
 * no further calls served ({@code TOO_MANY_REQUESTS}, nothing was applied); of calls already under
 * way the answers to reads are replaced by the same refusal, others by {@code OUTCOME_UNKNOWN}, for
 * what was written is written. One answer is always sent, however large. Answers in streams are not
 * counted: who makes them asks whether the client reads.
 *
 * <p>Any thread may call.
 */
final class AnswerLimit extends ServerTransportFilter implements ServerInterceptor {
  private static final Attributes.Key<AtomicLong> WAITING =
      Attributes.Key.create("dev.trivet.answers-waiting");

  /** Smaller ones are bounded by the number of calls. */
  private static final int SMALL_BYTES = 4 << 10;

  private final long connectionBytes;
  private final long allBytes;
  private final Set<String> reads;
  private final AtomicLong all = new AtomicLong();

  /**
   * @param reads full names of methods that change nothing
   */
  AnswerLimit(long connectionBytes, long allBytes, Set<String> reads) {
    this.connectionBytes = connectionBytes;
    this.allBytes = allBytes;
    this.reads = Set.copyOf(reads);
  }

  /** Limits that fit this process's heap. */
  static AnswerLimit ofHeap(Set<String> reads) {
    long heap = Runtime.getRuntime().maxMemory();
    long each = Math.clamp(heap / 16, 8 << 20, 64 << 20);
    return new AnswerLimit(each, Math.max(each, heap / 4), reads);
  }

  @Override
  public Attributes transportReady(Attributes connection) {
    return connection.toBuilder().set(WAITING, new AtomicLong()).build();
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    AtomicLong waiting = call.getAttributes().get(WAITING);
    if (waiting == null || !call.getMethodDescriptor().getType().serverSendsOneMessage()) {
      return next.startCall(call, headers);
    }
    if (waiting.get() >= connectionBytes || all.get() >= allBytes) {
      close(call, ErrorCode.TOO_MANY_REQUESTS);
      return new ServerCall.Listener<>() {};
    }
    CountedCall<Q, A> counted = new CountedCall<>(call, waiting);
    return new SimpleForwardingServerCallListener<>(next.startCall(counted, headers)) {
      @Override
      public void onComplete() {
        counted.release();
        super.onComplete();
      }

      @Override
      public void onCancel() {
        counted.release();
        super.onCancel();
      }
    };
  }

  private static void close(ServerCall<?, ?> call, ErrorCode code) {
    StatusRuntimeException refusal =
        Statuses.of(
            code.exception("answers that were not read wait already, and no more bytes may"));
    Metadata trailers = refusal.getTrailers();
    call.close(refusal.getStatus(), trailers == null ? new Metadata() : trailers);
  }

  private final class CountedCall<Q, A> extends SimpleForwardingServerCall<Q, A> {
    private final AtomicLong waiting;
    private long own;
    private boolean hasEnded;
    private volatile boolean isRefused;

    CountedCall(ServerCall<Q, A> call, AtomicLong waiting) {
      super(call);
      this.waiting = waiting;
    }

    @Override
    public void sendMessage(A message) {
      int size = message instanceof MessageLite answer ? answer.getSerializedSize() : 0;
      if (size > SMALL_BYTES && !reserve(size)) {
        isRefused = true;
        boolean isRead = reads.contains(getMethodDescriptor().getFullMethodName());
        AnswerLimit.close(
            delegate(), isRead ? ErrorCode.TOO_MANY_REQUESTS : ErrorCode.OUTCOME_UNKNOWN);
      } else {
        super.sendMessage(message);
      }
    }

    @Override
    public void close(Status status, Metadata trailers) {
      if (!isRefused) {
        super.close(status, trailers);
      }
    }

    /** The call may have ended meanwhile: then nothing is sent, and nothing counts. */
    private synchronized boolean reserve(int size) {
      if (hasEnded) {
        return true;
      }
      long here = waiting.addAndGet(size);
      long everywhere = all.addAndGet(size);
      own += size;
      boolean isFirst = here == size;
      if (isFirst || (here <= connectionBytes && everywhere <= allBytes)) {
        return true;
      }
      giveBack();
      return false;
    }

    synchronized void release() {
      hasEnded = true;
      giveBack();
    }

    private void giveBack() {
      waiting.addAndGet(-own);
      all.addAndGet(-own);
      own = 0;
    }
  }
}
