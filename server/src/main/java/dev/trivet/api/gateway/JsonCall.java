package dev.trivet.api.gateway;

import com.google.common.util.concurrent.MoreExecutors;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.trivet.api.edge.Statuses;
import dev.trivet.api.port.HttpAnswering;
import dev.trivet.api.port.HttpListener;
import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One call of a gRPC method whose requests and answers are JSON over HTTP/1.1. For interceptors and
 * services it is a call like every other.
 *
 * <p>Two sequences of short tasks on virtual threads: {@code inbound} runs the service's listener
 * and owns what says so, {@code outbound} makes JSON of answers, for the thread that brings an
 * answer may be the apply thread. Either the answer ends the call or the client's leaving does, or
 * the end of its time, once.
 */
final class JsonCall<Q extends Message, A> extends ServerCall<Q, A> implements HttpListener {
  /** Of answers that are no JSON yet; as many bytes again may wait for the client. */
  private static final int MAX_UNSENT_BYTES = 64 << 10;

  private final ServerMethodDefinition<Q, A> method;
  private final Q form;
  private final JsonReply reply;
  private final HttpAnswering answering;
  private final Executor inbound;
  private final Executor outbound;
  private final Context.CancellableContext context;
  private final AtomicBoolean isOver = new AtomicBoolean();
  private final AtomicLong unsentBytes = new AtomicLong();
  private volatile boolean isCancelled;
  private volatile boolean isReadinessAwaited;

  /** Owned by {@code inbound}, as all below. */
  private ServerCall.Listener<Q> listener = new ServerCall.Listener<>() {};

  private final JsonValues values = new JsonValues();
  private long wanted;
  private boolean isReading;
  private boolean isBodyOver;
  private boolean isHalfClosed;

  /**
   * @param context of the call, cancelled when it is over, or by itself when its time is
   */
  JsonCall(
      ServerMethodDefinition<Q, A> method,
      Q form,
      JsonReply reply,
      HttpAnswering answering,
      Executor threads,
      Context.CancellableContext context) {
    this.context = context;
    this.method = method;
    this.form = form;
    this.reply = reply;
    this.answering = answering;
    inbound = MoreExecutors.newSequentialExecutor(threads);
    outbound = MoreExecutors.newSequentialExecutor(threads);
  }

  /** Begins; the body is whole unless the method takes a stream. */
  void begin(Metadata headers, ByteString body) {
    context.addListener(this::onContextOver, MoreExecutors.directExecutor());
    inbound(
        () -> {
          listener = method.getServerCallHandler().startCall(this, headers);
          if (getMethodDescriptor().getType() != MethodType.BIDI_STREAMING && !isOver.get()) {
            listener.onMessage(JsonText.parse(body.toStringUtf8(), form));
            listener.onHalfClose();
          }
        });
  }

  @Override
  public void onPiece(ByteString piece) {
    inbound(
        () -> {
          isReading = false;
          values.add(piece);
          hear();
        });
  }

  @Override
  public void onBodyEnd() {
    inbound(
        () -> {
          isBodyOver = true;
          hear();
        });
  }

  /** What the service asks for; of a whole body it has got all at the beginning. */
  @Override
  public void request(int messages) {
    if (getMethodDescriptor().getType() == MethodType.BIDI_STREAMING) {
      inbound(
          () -> {
            wanted += messages;
            hear();
          });
    }
  }

  private void hear() {
    while (wanted > 0 && !isOver.get()) {
      String value = values.next();
      if (value != null) {
        wanted--;
        listener.onMessage(JsonText.parse(value, form));
      } else if (!isBodyOver) {
        if (!isReading) {
          isReading = true;
          answering.readOn();
        }
        return;
      } else {
        values.requireNothingLeft();
        halfClose();
        return;
      }
    }
  }

  private void halfClose() {
    // The client of a watch posts what it wants and reads for ever.
    boolean isOpenEnded = getMethodDescriptor().getFullMethodName().endsWith("/Watch");
    if (!isHalfClosed && !isOpenEnded) {
      isHalfClosed = true;
      listener.onHalfClose();
    }
  }

  @Override
  public void onWritable() {
    tellReadiness();
  }

  private void tellReadiness() {
    if (isReadinessAwaited && isReadyNow()) {
      isReadinessAwaited = false;
      inbound(() -> listener.onReady());
    }
  }

  @Override
  public boolean isReady() {
    if (isReadyNow()) {
      return true;
    }
    isReadinessAwaited = true;
    return isReadyNow();
  }

  private boolean isReadyNow() {
    return !isOver.get() && unsentBytes.get() < MAX_UNSENT_BYTES && answering.isWritable();
  }

  @Override
  public void onGone() {
    if (isOver.compareAndSet(false, true)) {
      isCancelled = true;
      inbound(
          () -> {
            listener.onCancel();
          });
      // Not in the sequence: the listener may wait for something that this ends.
      outbound.execute(() -> context.cancel(null));
    }
  }

  /** The call's time is over; what else ends its context says so elsewhere. */
  private void onContextOver(Context over) {
    if (over.cancellationCause() instanceof TimeoutException && isOver.compareAndSet(false, true)) {
      isCancelled = true;
      Status status = Statuses.of(TimeLimits.passed()).getStatus();
      outbound.execute(() -> reply.close(answering, status));
      inbound(() -> listener.onCancel());
    }
  }

  /** The answer's head says nothing that the gateway passes on. */
  @Override
  public void sendHeaders(Metadata headers) {}

  @Override
  public void sendMessage(A answer) {
    if (isOver.get()) {
      return;
    }
    Message message = (Message) answer;
    long bytes = message.getSerializedSize();
    unsentBytes.addAndGet(bytes);
    outbound.execute(
        () -> {
          if (!isCancelled) {
            reply.message(answering, JsonText.print(message));
          }
          unsentBytes.addAndGet(-bytes);
          tellReadiness();
        });
  }

  @Override
  public void close(Status status, Metadata trailers) {
    if (isOver.compareAndSet(false, true)) {
      outbound.execute(() -> reply.close(answering, status));
      inbound(
          () -> {
            context.cancel(null);
            listener.onComplete();
          });
    }
  }

  /** A failure of the listener is the call's end, as it is in gRPC. */
  private void inbound(Runnable step) {
    inbound.execute(
        () -> {
          try {
            context.run(step);
          } catch (RuntimeException e) {
            StatusRuntimeException failure = Statuses.of(e);
            Metadata trailers = failure.getTrailers();
            close(failure.getStatus(), trailers == null ? new Metadata() : trailers);
          }
        });
  }

  @Override
  public boolean isCancelled() {
    return isCancelled;
  }

  @Override
  public Attributes getAttributes() {
    return answering.connection();
  }

  @Override
  public @Nullable String getAuthority() {
    return null;
  }

  @Override
  public MethodDescriptor<Q, A> getMethodDescriptor() {
    return method.getMethodDescriptor();
  }
}
