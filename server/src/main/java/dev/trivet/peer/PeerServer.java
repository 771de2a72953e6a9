package dev.trivet.peer;

import com.google.common.util.concurrent.MoreExecutors;
import dev.trivet.peer.tls.Certificates;
import dev.trivet.peer.tls.TlsContexts;
import dev.trivet.proto.peer.LeasesGrpc;
import dev.trivet.proto.peer.PeersGrpc;
import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.ServerInterceptors;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.epoll.EpollServerSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * The peer port: services behind the handshake, and those that strangers may call.
 *
 * <p>Calls of {@code Peers} and {@code Leases} never wait and are answered on the network's own
 * threads, for waking another thread costs more than most of them; all others run on threads named
 * {@code peer-call}.
 */
public final class PeerServer implements AutoCloseable {
  private static final int MAX_CALLS_PER_CONNECTION = 32_768;
  private static final long CLOSE_SECONDS = 2;
  private static final long HANDSHAKE_SECONDS = 10;
  private static final Set<String> PROMPT = Set.of(PeersGrpc.SERVICE_NAME, LeasesGrpc.SERVICE_NAME);

  private final Server server;
  private final ExecutorService calls;

  private PeerServer(Server server, ExecutorService calls) {
    this.server = server;
    this.calls = calls;
  }

  /**
   * Opens the port.
   *
   * @param address where to listen
   * @param trust what every caller must show
   * @param guarded services for members alone
   * @param open services for nodes that are not members yet
   * @throws IOException when the address cannot be listened on
   */
  public static PeerServer start(
      InetSocketAddress address,
      PeerTrust trust,
      String clusterId,
      Member self,
      List<BindableService> guarded,
      List<BindableService> open)
      throws IOException {
    ExecutorService calls =
        Executors.newCachedThreadPool(Thread.ofPlatform().name("peer-call-", 0).daemon().factory());
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(address)
            .channelType(EpollServerSocketChannel.class)
            .bossEventLoopGroup(NetworkLoops.group())
            .workerEventLoopGroup(NetworkLoops.group())
            .executor(MoreExecutors.directExecutor())
            .callExecutor(new CallThreads(calls))
            .handshakeTimeout(HANDSHAKE_SECONDS, TimeUnit.SECONDS)
            .intercept(new Handshake.Gatekeeper(trust.secret()))
            .maxInboundMessageSize(PeerChannels.MAX_MESSAGE_BYTES)
            .maxConcurrentCallsPerConnection(MAX_CALLS_PER_CONNECTION)
            .keepAliveTime(10, TimeUnit.SECONDS)
            .keepAliveTimeout(4, TimeUnit.SECONDS)
            .permitKeepAliveTime(5, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true);
    Certificates certificates = trust.certificates();
    if (certificates != null) {
      builder.sslContext(TlsContexts.ofPeerPort(certificates));
    }
    Handshake.Doorkeeper doorkeeper = new Handshake.Doorkeeper(clusterId, self);
    for (BindableService service : guarded) {
      builder.addService(ServerInterceptors.intercept(service, doorkeeper));
    }
    open.forEach(builder::addService);
    try {
      return new PeerServer(builder.build().start(), calls);
    } catch (IOException e) {
      calls.shutdown();
      throw e;
    }
  }

  /** Which thread a call runs on. */
  private record CallThreads(Executor calls) implements ServerCallExecutorSupplier {
    @Override
    public <Q, A> Executor getExecutor(ServerCall<Q, A> call, Metadata metadata) {
      return PROMPT.contains(String.valueOf(call.getMethodDescriptor().getServiceName()))
          ? MoreExecutors.directExecutor()
          : calls;
    }
  }

  public int port() {
    return server.getPort();
  }

  @Override
  public void close() {
    server.shutdownNow();
    try {
      if (!server.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        System.getLogger(PeerServer.class.getName())
            .log(System.Logger.Level.WARNING, "calls on the peer port did not end in time");
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    calls.shutdown();
  }
}
