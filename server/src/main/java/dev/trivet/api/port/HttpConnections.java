package dev.trivet.api.port;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerKeepAliveHandler;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.util.concurrent.Executor;

/** Puts the HTTP/1.1 handlers in place and counts the connections that have them. */
final class HttpConnections {
  /** With the largest body, this times {@link ClientPort#MAX_BODY_BYTES} is the memory at most. */
  private static final int MAX_CONNECTIONS = 1024;

  private static final int IDLE_SECONDS = 120;

  private final ChannelGroup open = new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE, true);
  private final HttpRoutes routes;
  private final CrossOrigin origins;
  private final Executor calls;

  HttpConnections(HttpRoutes routes, CrossOrigin origins, Executor calls) {
    this.origins = origins;
    this.routes = routes;
    this.calls = calls;
  }

  /**
   * Adds the handlers directly behind the given one, not last: at the tail gRPC keeps a handler
   * that holds back writes until its own negotiation is over. Above the limit the connection is
   * closed at once. On the connection's event loop.
   *
   * @param attributes of the connection
   */
  void accept(ChannelHandlerContext context, Attributes attributes) {
    if (open.size() >= MAX_CONNECTIONS || !open.add(context.channel())) {
      var _ = context.close();
      return;
    }
    Attributes known =
        attributes.toBuilder()
            .set(Grpc.TRANSPORT_ATTR_REMOTE_ADDR, context.channel().remoteAddress())
            .build();
    ChannelPipeline pipeline = context.pipeline();
    // In reverse, each before the one that was added just now.
    pipeline.addAfter(context.name(), null, new HttpConnection(routes, origins, calls, known));
    // Pipelined requests come out of the codec together; this holds them back while one is
    // answered.
    pipeline.addAfter(context.name(), null, new FlowControlHandler());
    pipeline.addAfter(context.name(), null, new HttpBodies(routes));
    pipeline.addAfter(context.name(), null, new HttpServerKeepAliveHandler());
    pipeline.addAfter(context.name(), null, new HttpServerCodec());
    pipeline.addAfter(context.name(), null, new IdleStateHandler(IDLE_SECONDS, 0, 0));
  }

  /** Cuts off all connections, and those that come later. From any thread. */
  void close() {
    open.close().awaitUninterruptibly();
  }
}
