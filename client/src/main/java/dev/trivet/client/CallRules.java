package dev.trivet.client;

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
 * What holds for every call: a unary call has a deadline, and every answer may tell where the
 * leader is.
 */
final class CallRules implements ClientInterceptor {
  private final LeaderHint hint;
  private final Reconnect reconnect;
  private final Duration deadline;

  CallRules(LeaderHint hint, Reconnect reconnect, Duration deadline) {
    this.hint = hint;
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
    return new SimpleForwardingClientCall<>(next.newCall(method, ruled)) {
      @Override
      public void start(Listener<A> listener, Metadata headers) {
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
      String leader = metadata.get(Failures.LEADER);
      if (leader == null) {
        return false;
      }
      hint.learn(leader);
      return true;
    }

    /** The node did not answer: the next call had better go elsewhere. */
    private boolean isLost(Status status) {
      return status.getCode() == Status.Code.UNAVAILABLE
          || status.getCode() == Status.Code.DEADLINE_EXCEEDED;
    }
  }
}
