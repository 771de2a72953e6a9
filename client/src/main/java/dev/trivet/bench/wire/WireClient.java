package dev.trivet.bench.wire;

import dev.trivet.errors.ErrorCode;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLParameters;

/**
 * Makes connections, all of them on one thread: everything that a run of load does happens there,
 * so that it needs no locks.
 */
public final class WireClient implements AutoCloseable {
  private static final int CONNECT_MILLIS = 5_000;
  private static final long CLOSE_SECONDS = 3;

  private final EventLoopGroup loop;
  private final Access access;

  public WireClient(Access access) {
    this.access = access;
    IoHandlerFactory handlers =
        Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    this.loop =
        new MultiThreadIoEventLoopGroup(
            1, Thread.ofPlatform().name("bench-wire").daemon().factory(), handlers);
  }

  /**
   * Connects and waits for it, and for TLS if that is spoken.
   *
   * @param endpoint "host:port"
   * @throws dev.trivet.errors.TrivetException UNREACHABLE, INVALID_ARGUMENT
   */
  public WireConnection connect(String endpoint) {
    int colon = endpoint.lastIndexOf(':');
    if (colon < 0) {
      throw ErrorCode.INVALID_ARGUMENT.exception("'" + endpoint + "' is not HOST:PORT");
    }
    InetSocketAddress address;
    try {
      address =
          new InetSocketAddress(
              endpoint.substring(0, colon), Integer.parseInt(endpoint.substring(colon + 1)));
    } catch (IllegalArgumentException e) {
      throw ErrorCode.INVALID_ARGUMENT.exception("'" + endpoint + "' is not HOST:PORT", e);
    }
    WireConnection connection = new WireConnection(endpoint, access);
    ChannelFuture connected =
        new Bootstrap()
            .group(loop)
            .channel(Epoll.isAvailable() ? EpollSocketChannel.class : NioSocketChannel.class)
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
            .handler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    encrypt(channel, address);
                    channel.pipeline().addLast(connection);
                  }
                })
            .connect(address)
            .awaitUninterruptibly();
    if (!connected.isSuccess()) {
      throw ErrorCode.UNREACHABLE.exception("cannot connect to " + endpoint, connected.cause());
    }
    SslHandler tls = connected.channel().pipeline().get(SslHandler.class);
    if (tls != null && !tls.handshakeFuture().awaitUninterruptibly().isSuccess()) {
      Throwable cause = tls.handshakeFuture().cause();
      throw ErrorCode.UNREACHABLE.exception(
          "TLS with " + endpoint + " failed: " + cause.getMessage(), cause);
    }
    return connection;
  }

  /** The node's certificate must be for the host, as for every client of ours. */
  private void encrypt(SocketChannel channel, InetSocketAddress address) {
    SslContext encryption = access.encryption();
    if (encryption != null) {
      SslHandler tls =
          encryption.newHandler(channel.alloc(), address.getHostString(), address.getPort());
      SSLParameters parameters = tls.engine().getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      tls.engine().setSSLParameters(parameters);
      channel.pipeline().addLast(tls);
    }
  }

  /** Does something on the thread and waits for its end. */
  public <T> T run(Callable<T> work) throws InterruptedException {
    var done = loop.submit(work).await();
    if (!done.isSuccess()) {
      throw new IllegalStateException("the load's thread failed", done.cause());
    }
    return done.getNow();
  }

  /** Does something on the thread after a while; dropped when the client is closed before. */
  public void later(Runnable work, long millis) {
    var _ = loop.schedule(work, millis, TimeUnit.MILLISECONDS);
  }

  /** Ends all connections; calls under way end with a failure. */
  @Override
  public void close() {
    loop.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS)
        .awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
  }
}
