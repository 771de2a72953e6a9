package dev.trivet.plugin;

import dev.trivet.errors.ErrorCode;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.ReadTimeoutHandler;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;

/**
 * The unix socket that the engine finds the driver by, and HTTP/1.1 on it. One event loop; a
 * connection has one call under way at a time.
 */
final class PluginSocket implements AutoCloseable {
  private static final int MOST_REQUEST_BYTES = 64 << 10;
  private static final long IDLE_MINUTES = 10;
  private static final long CLOSE_SECONDS = 3;

  private final Path path;
  private final EventLoopGroup loop;
  private final Channel channel;

  private PluginSocket(Path path, EventLoopGroup loop, Channel channel) {
    this.path = path;
    this.loop = loop;
    this.channel = channel;
  }

  /**
   * Begins to serve. A socket that an earlier plugin left is taken over.
   *
   * @throws IOException if the socket cannot be made
   */
  static PluginSocket serve(Path path, VolumeDriver driver) throws IOException {
    Files.createDirectories(path.toAbsolutePath().getParent());
    Files.deleteIfExists(path);
    EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    ChannelFuture bound =
        new ServerBootstrap()
            .group(loop)
            .channel(NioServerDomainSocketChannel.class)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel connection) {
                    connection
                        .pipeline()
                        .addLast(new ReadTimeoutHandler(IDLE_MINUTES, TimeUnit.MINUTES))
                        .addLast(new HttpServerCodec())
                        .addLast(new HttpObjectAggregator(MOST_REQUEST_BYTES))
                        .addLast(new DriverConnection(driver));
                  }
                })
            .bind(UnixDomainSocketAddress.of(path))
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      var _ = loop.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS);
      throw new IOException("cannot serve the socket " + path, bound.cause());
    }
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
    return new PluginSocket(path, loop, bound.channel());
  }

  /**
   * Makes sure that no other plugin is at work.
   *
   * @throws dev.trivet.errors.TrivetException INVALID_ARGUMENT if another process serves the socket
   */
  static void requireUnserved(Path path) {
    if (!Files.exists(path)) {
      return;
    }
    try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      probe.connect(UnixDomainSocketAddress.of(path));
    } catch (IOException e) {
      return; // Nobody listens: it was left behind.
    }
    throw ErrorCode.INVALID_ARGUMENT.exception("another process serves the socket " + path);
  }

  @Override
  public void close() {
    channel.close().awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
    loop.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS)
        .awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw ErrorCode.LOCAL_IO.exception("cannot delete the socket " + path, e);
    }
  }
}
