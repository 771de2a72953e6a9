package dev.trivet.replicate;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.apache.ratis.grpc.server.GrpcServices;
import org.apache.ratis.grpc.server.GrpcServicesImpl;
import org.apache.ratis.server.RaftServerRpc;
import org.jspecify.annotations.Nullable;

/**
 * Stands between Ratis and its network: a candidate has voted for itself, so that vote must be on
 * disk before it asks for others.
 */
final class OutgoingCalls implements InvocationHandler {
  private final GrpcServices services;
  private final DurableVotes votes;

  private OutgoingCalls(GrpcServices services, DurableVotes votes) {
    this.services = services;
    this.votes = votes;
  }

  static GrpcServices guard(GrpcServices services, DurableVotes votes) {
    return (GrpcServices)
        Proxy.newProxyInstance(
            OutgoingCalls.class.getClassLoader(),
            new Class<?>[] {GrpcServices.class},
            new OutgoingCalls(services, votes));
  }

  static GrpcServicesImpl behind(RaftServerRpc guard) {
    return (GrpcServicesImpl) ((OutgoingCalls) Proxy.getInvocationHandler(guard)).services;
  }

  @Override
  public @Nullable Object invoke(
      Object proxy, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
    if (method.getName().equals("requestVote")) {
      votes.sync();
    }
    return Delegate.call(services, method, arguments);
  }
}
