package dev.trivet.peer;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.function.Consumer;

/** Who calls whom, as metadata of every call between members. */
final class Handshake {
  private static final Metadata.Key<String> CLUSTER = key("trivet-cluster");
  private static final Metadata.Key<String> FROM = key("trivet-from");
  private static final Metadata.Key<String> TO = key("trivet-to");
  private static final Metadata.Key<String> SECRET = key(ClusterSecret.HEADER);

  private Handshake() {}

  /** Introduces this node to one member. */
  record Introduction(String clusterId, Member self, Member to) implements ClientInterceptor {
    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(
        MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
      return carrying(
          next.newCall(method, options),
          headers -> {
            headers.put(CLUSTER, clusterId);
            headers.put(FROM, self.incarnation());
            headers.put(TO, to.incarnation());
          });
    }
  }

  /** Shows the cluster's secret, whoever is called. */
  record Password(ClusterSecret secret) implements ClientInterceptor {
    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(
        MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
      return secret.isNone()
          ? next.newCall(method, options)
          : carrying(next.newCall(method, options), headers -> headers.put(SECRET, secret.token()));
    }
  }

  /** Refuses, before anything else, callers that do not know the cluster's secret. */
  record Gatekeeper(ClusterSecret secret) implements ServerInterceptor {
    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      return secret.admits(headers.get(SECRET))
          ? next.startCall(call, headers)
          : refuse(call, ClusterSecret.refusal());
    }
  }

  /**
   * Refuses, before a handler runs, callers of another cluster and calls meant for another node.
   */
  record Doorkeeper(String clusterId, Member self) implements ServerInterceptor {
    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      String cluster = String.valueOf(headers.get(CLUSTER));
      String to = String.valueOf(headers.get(TO));
      if (!cluster.equals(clusterId)) {
        return refuse(
            call,
            ErrorCode.WRONG_CLUSTER.exception(
                "the caller belongs to cluster " + cluster + ", this node to " + clusterId));
      }
      if (!to.equals(self.incarnation())) {
        return refuse(
            call,
            ErrorCode.NOT_A_MEMBER.exception(
                "the call is for incarnation " + to + ", this node is " + self.incarnation()));
      }
      return next.startCall(call, headers);
    }
  }

  private static <Q, A> ClientCall<Q, A> carrying(
      ClientCall<Q, A> call, Consumer<Metadata> metadata) {
    return new SimpleForwardingClientCall<>(call) {
      @Override
      public void start(Listener<A> listener, Metadata headers) {
        metadata.accept(headers);
        super.start(listener, headers);
      }
    };
  }

  private static <Q, A> ServerCall.Listener<Q> refuse(
      ServerCall<Q, A> call, TrivetException refusal) {
    call.close(PeerErrors.status(refusal), PeerErrors.trailers(refusal));
    return new ServerCall.Listener<>() {};
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }
}
