package dev.trivet.client;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.time.Duration;

/**
 * Makes a unary call, and makes it again within one deadline where that cannot apply anything
 * twice: a read whenever no node answered, a write only if a node said that nothing was applied or
 * if the request never left this process. Blocks the caller.
 */
final class Attempts {
  private final Channel channel;
  private final Duration limit;

  Attempts(Channel channel, Duration limit) {
    this.channel = channel;
    this.limit = limit;
  }

  <Q, A> A read(MethodDescriptor<Q, A> method, Q request) {
    return call(method, request, false);
  }

  <Q, A> A write(MethodDescriptor<Q, A> method, Q request) {
    return call(method, request, true);
  }

  private <Q, A> A call(MethodDescriptor<Q, A> method, Q request, boolean isWrite) {
    Patience patience = new Patience(limit, isWrite);
    while (true) {
      Departure departure = new Departure();
      CallOptions options =
          CallOptions.DEFAULT.withDeadline(patience.deadline()).withStreamTracerFactory(departure);
      try {
        return ClientCalls.blockingUnaryCall(channel, method, options, request);
      } catch (StatusRuntimeException failure) {
        patience.pauseOrThrow(Failures.of(failure, isWrite && departure.mayHaveLeft()));
      }
    }
  }
}
