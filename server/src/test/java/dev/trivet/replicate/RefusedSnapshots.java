package dev.trivet.replicate;

import dev.trivet.peer.Member;
import dev.trivet.peer.PeerNetwork;
import dev.trivet.proto.peer.PeersGrpc;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A node's channels, on which the first snapshots go to a method that no node has: as to a newcomer
 * whose port does not serve Raft yet.
 */
final class RefusedSnapshots extends InterceptedNetwork {
  private final AtomicInteger left;

  /**
   * @param left how many are still to be refused
   */
  RefusedSnapshots(PeerNetwork network, AtomicInteger left) {
    super(network);
    this.left = left;
  }

  @Override
  ClientInterceptor between(Member member) {
    return new Detour(left);
  }

  private record Detour(AtomicInteger left) implements ClientInterceptor {
    private static final String SNAPSHOTS =
        PeersGrpc.getInstallSnapshotMethod().getFullMethodName();

    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(
        MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
      boolean isRefused =
          method.getFullMethodName().equals(SNAPSHOTS)
              && left.getAndUpdate(count -> Math.max(0, count - 1)) > 0;
      return next.newCall(
          isRefused
              ? method.toBuilder().setFullMethodName(PeersGrpc.SERVICE_NAME + "/Missing").build()
              : method,
          options);
    }
  }
}
