package dev.trivet.replicate;

import dev.trivet.peer.ClusterSecret;
import org.apache.ratis.thirdparty.io.grpc.CallOptions;
import org.apache.ratis.thirdparty.io.grpc.Channel;
import org.apache.ratis.thirdparty.io.grpc.ClientCall;
import org.apache.ratis.thirdparty.io.grpc.ClientInterceptor;
import org.apache.ratis.thirdparty.io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.MethodDescriptor;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;
import org.apache.ratis.thirdparty.io.grpc.Status;

/**
 * Shows the cluster's secret with each call of Ratis, and asks for it at Raft's port: what the peer
 * port's handshake does, in the types of the gRPC that Ratis has inside.
 *
 * <p>Ratis's channels can be reached only for the whole process, so what they show is the
 * process's: the secret that its replicas were started with.
 */
final class RaftPassword implements ClientInterceptor {
  private static final Metadata.Key<String> SECRET =
      Metadata.Key.of(ClusterSecret.HEADER, Metadata.ASCII_STRING_MARSHALLER);

  private static volatile ClusterSecret shown = ClusterSecret.NONE;

  RaftPassword() {}

  /**
   * From here on this process's replicas show it.
   *
   * @throws IllegalStateException when they show another one
   */
  static synchronized void show(ClusterSecret secret) {
    if (secret.isNone() || secret.token().equals(shown.token())) {
      return;
    }
    if (!shown.isNone()) {
      throw new IllegalStateException("the replicas of one process have one secret");
    }
    shown = secret;
  }

  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
      @Override
      public void start(Listener<A> listener, Metadata headers) {
        if (!shown.isNone()) {
          headers.put(SECRET, shown.token());
        }
        super.start(listener, headers);
      }
    };
  }

  /** Refuses callers at Raft's port that do not know the secret. */
  record Gatekeeper(ClusterSecret secret) implements ServerInterceptor {
    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      if (secret.admits(headers.get(SECRET))) {
        return next.startCall(call, headers);
      }
      call.close(
          Status.FAILED_PRECONDITION.withDescription(ClusterSecret.refusal().getMessage()),
          new Metadata());
      return new ServerCall.Listener<>() {};
    }
  }
}
