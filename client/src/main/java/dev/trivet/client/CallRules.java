package dev.trivet.client;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.time.Duration;

/**
 * What holds for every call: a unary call has a deadline, a numbered one its number, and every
 * answer may tell where the leader is.
 */
final class CallRules implements ClientInterceptor {
  /** Is not sent, unlike the empty number, which asks whether nodes understand numbers. */
  static final ByteString NO_NUMBER = ByteString.copyFromUtf8("none");

  /** The request's number, for nodes. */
  static final CallOptions.Key<ByteString> NUMBER =
      CallOptions.Key.createWithDefault("trivet-request", NO_NUMBER);

  private static final Metadata.Key<byte[]> REQUEST =
      Metadata.Key.of("trivet-request-bin", Metadata.BINARY_BYTE_MARSHALLER);

  private final LeaderHint hint;
  private final OncePromise promise;
  private final Reconnect reconnect;
  private final Duration deadline;

  CallRules(LeaderHint hint, OncePromise promise, Reconnect reconnect, Duration deadline) {
    this.hint = hint;
    this.promise = promise;
    this.reconnect = reconnect;
    this.deadline = deadline;
  }

  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    CallOptions ruled = options.withOption(LeaderHint.OPTION, hint);
    if (method.getType() == MethodDescriptor.MethodType.UNARY && options.getDeadline() == null) {
      ruled = ruled.withDeadlineAfter(deadline);
    }
    ByteString number = options.getOption(NUMBER);
    return new SimpleForwardingClientCall<>(next.newCall(method, ruled)) {
      @Override
      public void start(Listener<A> listener, Metadata headers) {
        if (!number.equals(NO_NUMBER)) {
          headers.put(REQUEST, number.toByteArray());
        }
        super.start(new Listening<>(listener), headers);
      }
    };
  }

  private final class Listening<A> extends SimpleForwardingClientCallListener<A> {
    Listening(ClientCall.Listener<A> listener) {
      super(listener);
    }

    @Override
    public void onHeaders(Metadata headers) {
      learn(headers);
      super.onHeaders(headers);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      if (!learn(trailers) && isLost(status)) {
        hint.forget();
        reconnect.soon();
      }
      super.onClose(status, trailers);
    }

    private boolean learn(Metadata metadata) {
      promise.learn(metadata);
      String leader = metadata.get(Failures.LEADER);
      if (leader == null) {
        return false;
      }
      hint.learn(leader);
      return true;
    }

    /** The node did not answer: the next call had better go elsewhere. */
    private boolean isLost(Status status) {
      return Failures.isConnectionLost(status) || status.getCode() == Status.Code.DEADLINE_EXCEEDED;
    }
  }
}
