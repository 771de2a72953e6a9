package dev.trivet.api.etcd;

import dev.trivet.api.edge.Statuses;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.EtcdTexts;
import dev.trivet.proto.etcd.AuthGrpc;
import dev.trivet.proto.etcd.ClusterGrpc;
import dev.trivet.proto.etcd.ElectionGrpc;
import dev.trivet.proto.etcd.KVGrpc;
import dev.trivet.proto.etcd.LeaseGrpc;
import dev.trivet.proto.etcd.LockGrpc;
import dev.trivet.proto.etcd.MaintenanceGrpc;
import dev.trivet.proto.etcd.RangeRequest;
import dev.trivet.proto.etcd.WatchGrpc;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.StatusRuntimeException;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * A learner serves of etcd's API what etcd's learners serve: its status, its snapshot, and reads
 * that may be stale. All else is refused, so that etcd's clients, which may have its address from
 * the list of members, turn to another node. Trivet's own services are served by learners too.
 *
 * <p>Source: etcd's design document "Learner", section "Node features".
 */
public final class LearnerRefusal implements ServerInterceptor {
  private static final String RANGE = KVGrpc.getRangeMethod().getFullMethodName();
  private static final Set<String> SERVED =
      Set.of(
          MaintenanceGrpc.getStatusMethod().getFullMethodName(),
          MaintenanceGrpc.getSnapshotMethod().getFullMethodName());
  private static final Set<String> SERVICES =
      Set.of(
          KVGrpc.SERVICE_NAME,
          LeaseGrpc.SERVICE_NAME,
          WatchGrpc.SERVICE_NAME,
          ClusterGrpc.SERVICE_NAME,
          MaintenanceGrpc.SERVICE_NAME,
          AuthGrpc.SERVICE_NAME,
          LockGrpc.SERVICE_NAME,
          ElectionGrpc.SERVICE_NAME);

  private final BooleanSupplier isLearner;

  /**
   * @param isLearner asked for every call of etcd's API: cheap
   */
  public LearnerRefusal(BooleanSupplier isLearner) {
    this.isLearner = isLearner;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    String service = call.getMethodDescriptor().getServiceName();
    String method = call.getMethodDescriptor().getFullMethodName();
    if (!SERVICES.contains(service) || SERVED.contains(method) || !isLearner.getAsBoolean()) {
      return next.startCall(call, headers);
    }
    if (!method.equals(RANGE)) {
      refuse(call);
      return new ServerCall.Listener<>() {};
    }
    return new StaleReads<>(call, next.startCall(call, headers));
  }

  private static void refuse(ServerCall<?, ?> call) {
    StatusRuntimeException refusal = Statuses.of(ErrorCode.NO_LEADER.exception(EtcdTexts.LEARNER));
    Metadata trailers = refusal.getTrailers();
    call.close(refusal.getStatus(), trailers == null ? new Metadata() : trailers);
  }

  /** Lets a request through that may be answered from what this node has. */
  private static final class StaleReads<Q> extends SimpleForwardingServerCallListener<Q> {
    private final ServerCall<Q, ?> call;
    private boolean isRefused;

    StaleReads(ServerCall<Q, ?> call, ServerCall.Listener<Q> target) {
      super(target);
      this.call = call;
    }

    @Override
    public void onMessage(Q message) {
      isRefused = message instanceof RangeRequest range && !range.getSerializable();
      if (isRefused) {
        refuse(call);
      } else {
        super.onMessage(message);
      }
    }

    @Override
    public void onHalfClose() {
      if (!isRefused) {
        super.onHalfClose();
      }
    }
  }
}
