package dev.trivet.client;

import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.etcd.KVGrpc;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.proto.etcd.PutResponse;
import dev.trivet.proto.etcd.RangeRequest;
import dev.trivet.proto.etcd.RangeResponse;
import io.grpc.BindableService;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A gRPC server on loopback that counts calls, names a leader, and refuses or loses on request. */
public final class SmallNode implements AutoCloseable {
  private static final InetSocketAddress ANYWHERE =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  private final AtomicInteger calls = new AtomicInteger();
  private final AtomicInteger writes = new AtomicInteger();
  private volatile String leader = "";
  private volatile String refusal = "";
  private volatile boolean losing;
  private volatile boolean promising;
  private volatile String lateRefusal = "";
  private final AtomicInteger lateRefusals = new AtomicInteger();
  private final AtomicInteger answersToLose = new AtomicInteger();
  private final List<byte[]> numbers = new CopyOnWriteArrayList<>();
  private final Server server;

  private SmallNode(InetSocketAddress address, List<BindableService> more) throws IOException {
    NettyServerBuilder builder = NettyServerBuilder.forAddress(address);
    more.forEach(builder::addService);
    server =
        builder
            .addService(new Kv())
            .intercept(new NamesLeader())
            .permitKeepAliveTime(5, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .build()
            .start();
  }

  public static SmallNode start() throws IOException {
    return new SmallNode(ANYWHERE, List.of());
  }

  static SmallNode startAt(InetSocketAddress address) throws IOException {
    return new SmallNode(address, List.of());
  }

  /** A node with one more service. */
  static SmallNode with(BindableService service) throws IOException {
    return new SmallNode(ANYWHERE, List.of(service));
  }

  public String endpoint() {
    return "127.0.0.1:" + port();
  }

  int port() {
    return server.getPort();
  }

  int calls() {
    return calls.get();
  }

  int writes() {
    return writes.get();
  }

  void says(String nameAndAddress) {
    leader = nameAndAddress;
  }

  void refuses(ErrorCode code, String nameAndAddress) {
    refusal = code.name();
    leader = nameAndAddress;
  }

  void losesAnswers() {
    losing = true;
  }

  /** Says that it applies numbered requests once; the next answers to writes are lost. */
  void promisesAndLoses(int answers) {
    promising = true;
    answersToLose.set(answers);
  }

  /** Once no answer is to be lost any more, so many writes are refused. */
  void refusesAfterLosing(ErrorCode code, int times) {
    lateRefusal = code.name();
    lateRefusals.set(times);
  }

  /** The numbers of the writes that came, each a RequestId. */
  List<byte[]> numbers() {
    return List.copyOf(numbers);
  }

  @Override
  public void close() {
    server.shutdownNow();
    try {
      server.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private final class Kv extends KVGrpc.KVImplBase {
    @Override
    public void range(RangeRequest request, StreamObserver<RangeResponse> answer) {
      calls.incrementAndGet();
      answer.onNext(RangeResponse.getDefaultInstance());
      answer.onCompleted();
    }

    @Override
    public void put(PutRequest request, StreamObserver<PutResponse> answer) {
      if (!refusal.isEmpty()) {
        Metadata trailers = new Metadata();
        trailers.put(Failures.ERROR, refusal);
        answer.onError(Status.FAILED_PRECONDITION.asRuntimeException(trailers));
        return;
      }
      if (answersToLose.get() == 0
          && lateRefusals.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
        Metadata trailers = new Metadata();
        trailers.put(Failures.ERROR, lateRefusal);
        answer.onError(Status.FAILED_PRECONDITION.asRuntimeException(trailers));
        return;
      }
      writes.incrementAndGet();
      if (losing || answersToLose.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
        answer.onError(Status.UNAVAILABLE.withDescription("lost").asRuntimeException());
        return;
      }
      answer.onNext(PutResponse.getDefaultInstance());
      answer.onCompleted();
    }
  }

  private final class NamesLeader implements ServerInterceptor {
    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      byte[] number =
          headers.get(Metadata.Key.of("trivet-request-bin", Metadata.BINARY_BYTE_MARSHALLER));
      if (number != null && number.length > 0) {
        numbers.add(number);
      }
      return next.startCall(
          new SimpleForwardingServerCall<>(call) {
            @Override
            public void close(Status status, Metadata trailers) {
              trailers.put(Failures.LEADER, leader);
              if (promising && number != null) {
                trailers.put(OncePromise.ONCE, "once");
              }
              super.close(status, trailers);
            }
          },
          headers);
    }
  }
}
