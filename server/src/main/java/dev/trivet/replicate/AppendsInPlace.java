package dev.trivet.replicate;

import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc;
import org.apache.ratis.thirdparty.io.grpc.CallOptions;
import org.apache.ratis.thirdparty.io.grpc.Channel;
import org.apache.ratis.thirdparty.io.grpc.ClientCall;
import org.apache.ratis.thirdparty.io.grpc.ClientInterceptor;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.MethodDescriptor;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallExecutorSupplier;
import org.apache.ratis.thirdparty.io.netty.util.concurrent.FastThreadLocalThread;
import org.jspecify.annotations.Nullable;

/**
 * Takes entries, and the answers to them, on the network's own threads: to wake another thread for
 * each would cost more than what it does. Ratis's other calls may wait for a disk.
 */
final class AppendsInPlace implements ClientInterceptor, ServerCallExecutorSupplier {
  private static final String APPEND =
      RaftServerProtocolServiceGrpc.getAppendEntriesMethod().getFullMethodName();

  /**
   * Where an answer goes that does not come by the network, as when there is no connection: it
   * would reach Ratis's sender while that is still beginning the call.
   */
  private static final Executor ELSEWHERE =
      Executors.newCachedThreadPool(
          Thread.ofPlatform().name("append-answer-", 0).daemon().factory());

  AppendsInPlace() {}

  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    return next.newCall(
        method,
        method.getFullMethodName().equals(APPEND)
            ? options.withExecutor(AppendsInPlace::onTheNetworksThread)
            : options);
  }

  private static void onTheNetworksThread(Runnable answer) {
    if (Thread.currentThread() instanceof FastThreadLocalThread) {
      answer.run();
    } else {
      ELSEWHERE.execute(answer);
    }
  }

  @Override
  public <Q, A> @Nullable Executor getExecutor(ServerCall<Q, A> call, Metadata metadata) {
    return call.getMethodDescriptor().getFullMethodName().equals(APPEND) ? Runnable::run : null;
  }
}
