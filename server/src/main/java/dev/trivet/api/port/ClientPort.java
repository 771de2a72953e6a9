package dev.trivet.api.port;

import com.google.common.util.concurrent.MoreExecutors;
import dev.trivet.peer.NetworkLoops;
import dev.trivet.peer.tls.Certificates;
import dev.trivet.peer.tls.TlsContexts;
import dev.trivet.proto.etcd.KVGrpc;
import io.grpc.BindableService;
import io.grpc.HandlerRegistry;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.netty.InternalNettyServerCredentials;
import io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.epoll.EpollServerSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One address that speaks gRPC and HTTP/1.1, both in TLS if there are certificates.
 *
 * <p>Life: constructed, started once, closed once; {@code start} and {@code close} belong to one
 * thread. Each gRPC call and each HTTP request runs on a virtual thread of its own, except for the
 * {@link PromptService prompt} calls, which run on the network's threads.
 */
public final class ClientPort implements AutoCloseable {
  /**
   * The largest message of a call and the largest body of an HTTP request: more than any limit of a
   * request, so that who exceeds that one hears its own words.
   */
  public static final int MAX_BODY_BYTES = 4 << 20;

  /** Calls at a time on one HTTP/2 connection; a client that wants more waits. */
  private static final int MAX_CALLS_PER_CONNECTION = 4096;

  /** Whose answers can be large and change nothing. */
  private static final Set<String> READS = Set.of(KVGrpc.getRangeMethod().getFullMethodName());

  // etcd's clients may ping this often, streams or not; grpc-java's own default of five minutes
  // would answer them with GOAWAY.
  private static final long MIN_PING_SECONDS = 5;

  private static final long CLOSE_SECONDS = 5;

  private final InetSocketAddress address;
  private final @Nullable Certificates certificates;
  private final Served served;
  private final AnswerLimit answers;
  private final @Nullable HandlerRegistry otherwise;
  private @Nullable Running running;

  private record Running(Server server, HttpConnections connections, ExecutorService calls) {}

  /**
   * @param address port 0 takes a free one
   */
  public ClientPort(InetSocketAddress address, Served served) {
    this(address, null, served);
  }

  /**
   * A port that may speak TLS.
   *
   * @param certificates null: it speaks in the clear
   */
  public ClientPort(InetSocketAddress address, @Nullable Certificates certificates, Served served) {
    this(address, certificates, served, AnswerLimit.ofHeap(READS), null);
  }

  /** A port in the clear with another limit of what waits to be read. */
  ClientPort(InetSocketAddress address, Served served, AnswerLimit answers) {
    this(address, null, served, answers, null);
  }

  /**
   * A port without gRPC services.
   *
   * @param certificates null: it speaks in the clear
   * @param calls answers every gRPC call
   */
  public ClientPort(
      InetSocketAddress address,
      @Nullable Certificates certificates,
      HandlerRegistry calls,
      Map<String, HttpHandler> handlers) {
    this(
        address,
        certificates,
        new Served(List.of(), List.of(), handlers, Map.of()),
        AnswerLimit.ofHeap(READS),
        calls);
  }

  private ClientPort(
      InetSocketAddress address,
      @Nullable Certificates certificates,
      Served served,
      AnswerLimit answers,
      @Nullable HandlerRegistry otherwise) {
    this.answers = answers;
    this.address = address;
    this.certificates = certificates;
    this.served = served;
    this.otherwise = otherwise;
  }

  /**
   * Binds and serves.
   *
   * @throws IOException when the address cannot be bound: nothing is left running
   */
  public void start() throws IOException {
    if (running != null) {
      throw new IllegalStateException("started already, at port " + port());
    }
    ExecutorService calls =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("client-call-", 0).factory());
    HttpConnections connections =
        new HttpConnections(
            new HttpRoutes(served.handlers(), served.conversations()), served.origins(), calls);
    Server server = build(connections, calls);
    try {
      server.start();
    } catch (IOException e) {
      stop(new Running(server, connections, calls));
      throw e;
    }
    running = new Running(server, connections, calls);
  }

  /** The port that is bound. */
  public int port() {
    Running now = running;
    if (now == null) {
      throw new IllegalStateException("not started");
    }
    return now.server().getPort();
  }

  /** Refuses new calls, gives the running ones five seconds, then cuts them off. */
  @Override
  public void close() {
    Running now = running;
    running = null;
    if (now != null) {
      stop(now);
    }
  }

  private Server build(HttpConnections connections, ExecutorService calls) {
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(
                address, InternalNettyServerCredentials.create(negotiator(connections, calls)))
            .channelType(EpollServerSocketChannel.class)
            .bossEventLoopGroup(NetworkLoops.group())
            .workerEventLoopGroup(NetworkLoops.group())
            .executor(MoreExecutors.directExecutor())
            .callExecutor(new CallThreads(promptCalls(), calls))
            // gRPC counts every connection without an HTTP/2 handshake as stuck and would cut
            // HTTP/1.1 off after two minutes; FirstBytes has a deadline of its own.
            .handshakeTimeout(Long.MAX_VALUE, TimeUnit.MILLISECONDS)
            .permitKeepAliveTime(MIN_PING_SECONDS, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .maxInboundMessageSize(MAX_BODY_BYTES)
            .maxConcurrentCallsPerConnection(MAX_CALLS_PER_CONNECTION);
    served.services().forEach(builder::addService);
    // gRPC calls the interceptor that was added last first.
    served.interceptors().reversed().forEach(builder::intercept);
    builder.addTransportFilter(answers).intercept(answers);
    if (otherwise != null) {
      builder.fallbackHandlerRegistry(otherwise);
    }
    return builder.build();
  }

  private InternalProtocolNegotiator.ProtocolNegotiator negotiator(
      HttpConnections connections, Executor calls) {
    FirstBytes bytes = new FirstBytes(connections);
    return certificates == null
        ? bytes
        : new Encryption(TlsContexts.ofClientPort(certificates), bytes, calls);
  }

  private Set<String> promptCalls() {
    Set<String> names = new HashSet<>();
    for (BindableService service : served.services()) {
      if (service instanceof PromptService prompt) {
        prompt.promptCalls().forEach(method -> names.add(method.getFullMethodName()));
      }
    }
    return names;
  }

  /** Which thread a call runs on. */
  private record CallThreads(Set<String> prompt, Executor calls)
      implements ServerCallExecutorSupplier {
    @Override
    public <Q, A> Executor getExecutor(ServerCall<Q, A> call, Metadata metadata) {
      return prompt.contains(call.getMethodDescriptor().getFullMethodName())
          ? MoreExecutors.directExecutor()
          : calls;
    }
  }

  private static void stop(Running now) {
    boolean isInterrupted = false;
    now.server().shutdown();
    try {
      if (!now.server().awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        now.server().shutdownNow();
        now.server().awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      now.server().shutdownNow();
      isInterrupted = true;
    }
    now.connections().close();
    now.calls().shutdownNow();
    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
