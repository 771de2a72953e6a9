package dev.trivet.api.port;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.InternalProtocolNegotiationEvent;
import io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.ProtocolNegotiationEvent;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.AsciiString;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts TLS in front of the decision who speaks on a connection. What is not done with its handshake
 * in ten seconds is cut off; the handshake's sums are done on other threads than the event loops.
 */
final class Encryption implements InternalProtocolNegotiator.ProtocolNegotiator {
  private static final Logger LOG = LoggerFactory.getLogger(Encryption.class);
  private static final long HANDSHAKE_SECONDS = 10;
  private static final AsciiString SCHEME = AsciiString.of("https");

  private final SslContext tls;
  private final InternalProtocolNegotiator.ProtocolNegotiator inside;
  private final Executor threads;

  Encryption(
      SslContext tls, InternalProtocolNegotiator.ProtocolNegotiator inside, Executor threads) {
    this.tls = tls;
    this.inside = inside;
    this.threads = threads;
  }

  @Override
  public AsciiString scheme() {
    return SCHEME;
  }

  @Override
  public ChannelHandler newHandler(GrpcHttp2ConnectionHandler http2) {
    return new Handshake(tls, inside.newHandler(http2), threads);
  }

  @Override
  public void close() {
    inside.close();
  }

  /** First in the pipeline, until the handshake is done; owned by the connection's event loop. */
  private static final class Handshake extends ChannelInboundHandlerAdapter {
    private final SslContext tls;
    private final ChannelHandler next;
    private final Executor threads;
    private ProtocolNegotiationEvent ready = InternalProtocolNegotiationEvent.getDefault();

    Handshake(SslContext tls, ChannelHandler next, Executor threads) {
      this.tls = tls;
      this.next = next;
      this.threads = threads;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
      SslHandler handler = tls.newHandler(context.alloc(), threads);
      handler.setHandshakeTimeout(HANDSHAKE_SECONDS, TimeUnit.SECONDS);
      context.pipeline().addBefore(context.name(), null, handler);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
      switch (event) {
        case ProtocolNegotiationEvent negotiation -> ready = negotiation;
        case SslHandshakeCompletionEvent done when done.isSuccess() -> begin(context);
        case SslHandshakeCompletionEvent done -> {
          LOG.debug("no TLS with {}", context.channel(), done.cause());
          var _ = context.close();
        }
        default -> super.userEventTriggered(context, event);
      }
    }

    private void begin(ChannelHandlerContext context) {
      SslHandler handler = context.pipeline().get(SslHandler.class);
      Attributes attributes =
          InternalProtocolNegotiationEvent.getAttributes(ready).toBuilder()
              .set(Grpc.TRANSPORT_ATTR_SSL_SESSION, handler.engine().getSession())
              .build();
      context.pipeline().addAfter(context.name(), null, next);
      context.fireUserEventTriggered(
          InternalProtocolNegotiationEvent.withAttributes(ready, attributes));
      context.pipeline().remove(this);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      LOG.debug("no TLS with {}", context.channel(), cause);
      var _ = context.close();
    }
  }
}
