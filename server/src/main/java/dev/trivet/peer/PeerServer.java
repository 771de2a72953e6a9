package dev.trivet.peer;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The peer port: services behind the handshake, and those that strangers may call. */
public final class PeerServer implements AutoCloseable {
  private static final int MAX_CALLS_PER_CONNECTION = 32_768;
  private static final long CLOSE_SECONDS = 2;

  private final Server server;

  private PeerServer(Server server) {
    this.server = server;
  }

  /**
   * Opens the port.
   *
   * @param address where to listen
   * @param guarded services for members alone
   * @param open services for nodes that are not members yet
   * @throws IOException when the address cannot be listened on
   */
  public static PeerServer start(
      InetSocketAddress address,
      String clusterId,
      Member self,
      List<BindableService> guarded,
      List<BindableService> open)
      throws IOException {
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(address)
            .maxInboundMessageSize(PeerChannels.MAX_MESSAGE_BYTES)
            .maxConcurrentCallsPerConnection(MAX_CALLS_PER_CONNECTION)
            .keepAliveTime(10, TimeUnit.SECONDS)
            .keepAliveTimeout(4, TimeUnit.SECONDS)
            .permitKeepAliveTime(5, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true);
    Handshake.Doorkeeper doorkeeper = new Handshake.Doorkeeper(clusterId, self);
    for (BindableService service : guarded) {
      builder.addService(ServerInterceptors.intercept(service, doorkeeper));
    }
    open.forEach(builder::addService);
    return new PeerServer(builder.build().start());
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
  }
}
