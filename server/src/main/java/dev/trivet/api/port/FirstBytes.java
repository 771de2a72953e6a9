package dev.trivet.api.port;

import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.InternalProtocolNegotiationEvent;
import io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.InternalProtocolNegotiators;
import io.grpc.netty.ProtocolNegotiationEvent;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.AsciiString;
import io.netty.util.concurrent.ScheduledFuture;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Decides by a connection's first bytes who speaks on it: the HTTP/2 preface (RFC 9113, 3.4) is
 * gRPC's, all else is HTTP/1.1.
 *
 * <p>Uses grpc-netty's internal seam for protocol negotiation, and is the only class that does: the
 * test of {@link ClientPort} tells when a new version moves it.
 */
final class FirstBytes implements InternalProtocolNegotiator.ProtocolNegotiator {
  private static final ByteBuf PREFACE =
      Unpooled.unreleasableBuffer(
          Unpooled.copiedBuffer("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", StandardCharsets.US_ASCII)
              .asReadOnly());
  private static final long DEADLINE_SECONDS = 10;

  private final InternalProtocolNegotiator.ProtocolNegotiator grpc =
      InternalProtocolNegotiators.serverPlaintext();
  private final HttpConnections connections;

  FirstBytes(HttpConnections connections) {
    this.connections = connections;
  }

  @Override
  public AsciiString scheme() {
    return grpc.scheme();
  }

  @Override
  public ChannelHandler newHandler(GrpcHttp2ConnectionHandler http2) {
    return new Decider(() -> grpc.newHandler(http2), connections);
  }

  @Override
  public void close() {
    grpc.close();
  }

  private interface GrpcStart {
    ChannelHandler handler();
  }

  /** First in the pipeline until it has decided; owned by the connection's event loop. */
  private static final class Decider extends ByteToMessageDecoder {
    private final GrpcStart grpc;
    private final HttpConnections connections;
    // gRPC's signal that the connection is ready for negotiation; it must reach gRPC's handler.
    private ProtocolNegotiationEvent ready = InternalProtocolNegotiationEvent.getDefault();
    private @Nullable ScheduledFuture<?> deadline;

    Decider(GrpcStart grpc, HttpConnections connections) {
      this.grpc = grpc;
      this.connections = connections;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
      deadline =
          context.executor().schedule(() -> close(context), DEADLINE_SECONDS, TimeUnit.SECONDS);
    }

    private static void close(ChannelHandlerContext context) {
      var _ = context.close();
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext context) {
      if (deadline != null) {
        deadline.cancel(false);
      }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
      if (event instanceof ProtocolNegotiationEvent negotiation) {
        ready = negotiation;
      } else {
        super.userEventTriggered(context, event);
      }
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
      int length = Math.min(in.readableBytes(), PREFACE.readableBytes());
      boolean isPrefaceSoFar =
          ByteBufUtil.equals(in, in.readerIndex(), PREFACE, PREFACE.readerIndex(), length);
      if (isPrefaceSoFar && length < PREFACE.readableBytes()) {
        return;
      }
      if (isPrefaceSoFar) {
        context.pipeline().addAfter(context.name(), null, grpc.handler());
        context.fireUserEventTriggered(
            InternalProtocolNegotiationEvent.withAttributes(
                ready,
                CertificateName.noted(InternalProtocolNegotiationEvent.getAttributes(ready))));
      } else {
        connections.accept(context, InternalProtocolNegotiationEvent.getAttributes(ready));
      }
      // Hands what was read on to the next handler.
      context.pipeline().remove(this);
    }
  }
}
