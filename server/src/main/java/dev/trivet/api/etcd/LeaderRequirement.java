package dev.trivet.api.etcd;

import dev.trivet.api.edge.KnownLeader;
import dev.trivet.api.edge.Statuses;
import dev.trivet.errors.ErrorCode;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.StatusRuntimeException;

/**
 * Callers of etcd's API may send the metadata {@code hasleader: true}: a node that knows no leader
 * then refuses the call at once, and ends a stream later on, so that they turn to another node.
 */
public final class LeaderRequirement implements ServerInterceptor {
  private static final Metadata.Key<String> HAS_LEADER =
      Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER);
  private static final Context.Key<Boolean> REQUIRED =
      Context.keyWithDefault("leader-required", false);

  private final KnownLeader leader;

  public LeaderRequirement(KnownLeader leader) {
    this.leader = leader;
  }

  /** Whether the call that runs on this thread makes the requirement. */
  static boolean isMade() {
    return REQUIRED.get();
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    if (!"true".equals(headers.get(HAS_LEADER))) {
      return next.startCall(call, headers);
    }
    if (leader.leadership().leader() == null) {
      StatusRuntimeException refusal = Statuses.of(ErrorCode.NO_LEADER.exception());
      Metadata trailers = refusal.getTrailers();
      call.close(refusal.getStatus(), trailers == null ? new Metadata() : trailers);
      return new ServerCall.Listener<>() {};
    }
    Context context = Context.current().withValue(REQUIRED, true);
    return Contexts.interceptCall(context, call, headers, next);
  }
}
