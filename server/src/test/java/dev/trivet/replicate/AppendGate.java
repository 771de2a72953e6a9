package dev.trivet.replicate;

import dev.trivet.peer.Member;
import dev.trivet.peer.PeerNetwork;
import dev.trivet.proto.peer.PeersGrpc;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.util.function.BooleanSupplier;

/**
 * A node's channels, on which entries and the answers to them are lost while a way is shut; all
 * other calls pass.
 */
final class AppendGate extends InterceptedNetwork {
  /** Whether entries for a member are lost now. */
  interface Ways {
    boolean isShutTo(Member member);
  }

  private final Ways ways;

  AppendGate(PeerNetwork network, Ways ways) {
    super(network);
    this.ways = ways;
  }

  @Override
  ClientInterceptor between(Member member) {
    return new Loss(() -> ways.isShutTo(member));
  }

  private record Loss(BooleanSupplier isShut) implements ClientInterceptor {
    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(
        MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
      ClientCall<Q, A> call = next.newCall(method, options);
      if (!method.getFullMethodName().equals(PeersGrpc.getAppendMethod().getFullMethodName())) {
        return call;
      }
      return new SimpleForwardingClientCall<>(call) {
        @Override
        public void start(Listener<A> listener, Metadata headers) {
          super.start(
              new SimpleForwardingClientCallListener<A>(listener) {
                @Override
                public void onMessage(A message) {
                  if (isShut.getAsBoolean()) {
                    request(1);
                  } else {
                    super.onMessage(message);
                  }
                }
              },
              headers);
        }

        @Override
        public void sendMessage(Q message) {
          if (!isShut.getAsBoolean()) {
            super.sendMessage(message);
          }
        }
      };
    }
  }
}
