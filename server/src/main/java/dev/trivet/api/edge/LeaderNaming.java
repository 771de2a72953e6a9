package dev.trivet.api.edge;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;

/**
 * Tells every caller who leads: in the headers of each reply, and in the trailers of one that fails
 * or has no headers. It is a hint that spares our clients a hop.
 */
public final class LeaderNaming implements ServerInterceptor {
  /** "name=host:port" of the leader's client port; empty while none is known. */
  public static final Metadata.Key<String> LEADER =
      Metadata.Key.of("trivet-leader", Metadata.ASCII_STRING_MARSHALLER);

  private final KnownLeader leader;

  public LeaderNaming(KnownLeader leader) {
    this.leader = leader;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    return next.startCall(new NamingCall<>(call, leader), headers);
  }

  private static final class NamingCall<Q, A> extends SimpleForwardingServerCall<Q, A> {
    private final KnownLeader leader;
    private boolean hasNamed;

    NamingCall(ServerCall<Q, A> call, KnownLeader leader) {
      super(call);
      this.leader = leader;
    }

    @Override
    public void sendHeaders(Metadata headers) {
      hasNamed = true;
      headers.put(LEADER, leader.nameAndAddress());
      super.sendHeaders(headers);
    }

    @Override
    public void close(Status status, Metadata trailers) {
      if (!hasNamed || !status.isOk()) {
        trailers.put(LEADER, leader.nameAndAddress());
      }
      super.close(status, trailers);
    }
  }
}
