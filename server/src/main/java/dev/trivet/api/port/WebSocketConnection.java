package dev.trivet.api.port;

import com.google.protobuf.ByteString;
import io.grpc.Attributes;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One conversation over a WebSocket: each message is a piece of the body, each line of the answer a
 * message of text; an answer that comes whole is one message. The end of one is the end of both.
 * All fields belong to the connection's event loop.
 */
final class WebSocketConnection extends SimpleChannelInboundHandler<WebSocketFrame>
    implements HttpAnswering {
  private static final Logger LOG = LoggerFactory.getLogger(WebSocketConnection.class);

  private final HttpConversation conversation;
  private final HttpCall call;
  private final Attributes attributes;
  private HttpListener listener = HttpListener.NONE;
  private @Nullable ChannelHandlerContext context;

  /** The conversation has asked for a piece, which is not there yet. */
  private boolean isReading;

  private boolean isOver;

  /**
   * @param call is answered once this handler is in its place
   */
  WebSocketConnection(HttpConversation conversation, HttpCall call, Attributes attributes) {
    this.conversation = conversation;
    this.call = call;
    this.attributes = attributes;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext added) {
    context = added;
    listener = conversation.begin(call, this);
  }

  @Override
  protected void channelRead0(ChannelHandlerContext there, WebSocketFrame frame) {
    switch (frame) {
      case TextWebSocketFrame text -> hear(text);
      case BinaryWebSocketFrame binary -> hear(binary);
      case PingWebSocketFrame ping -> {
        var _ = there.writeAndFlush(new PongWebSocketFrame(ping.content().retain()));
      }
      case CloseWebSocketFrame close -> {
        there.writeAndFlush(close.retain()).addListener(ChannelFutureListener.CLOSE);
        gone();
      }
      default -> {}
    }
  }

  private void hear(WebSocketFrame frame) {
    isReading = false;
    listener.onPiece(ByteString.copyFrom(frame.content().nioBuffer()));
  }

  /** What was read may have been no piece: a ping is answered, and nobody was told of it. */
  @Override
  public void channelReadComplete(ChannelHandlerContext there) {
    if (isReading) {
      var _ = there.read();
    }
    there.fireChannelReadComplete();
  }

  @Override
  public void channelInactive(ChannelHandlerContext there) {
    gone();
    there.fireChannelInactive();
  }

  private void gone() {
    if (!isOver) {
      isOver = true;
      listener.onGone();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext there) {
    if (!isOver && there.channel().isWritable()) {
      listener.onWritable();
    }
    there.fireChannelWritabilityChanged();
  }

  /** A watch may be silent for as long as nothing happens. */
  @Override
  public void userEventTriggered(ChannelHandlerContext there, Object event) {}

  @Override
  public void exceptionCaught(ChannelHandlerContext there, Throwable cause) {
    LOG.debug("WebSocket {} closed", there.channel(), cause);
    var _ = there.close();
  }

  @Override
  public Attributes connection() {
    return attributes;
  }

  @Override
  public void whole(HttpReply reply) {
    piece(reply.body());
    end();
  }

  /** What the connection is was said when it became a WebSocket. */
  @Override
  public void start(String contentType) {}

  @Override
  public void piece(ByteString piece) {
    boolean isLine = !piece.isEmpty() && piece.byteAt(piece.size() - 1) == '\n';
    ByteString line = isLine ? piece.substring(0, piece.size() - 1) : piece;
    var _ =
        here()
            .writeAndFlush(
                new TextWebSocketFrame(Unpooled.wrappedBuffer(line.asReadOnlyByteBuffer())));
  }

  @Override
  public void end() {
    inLoop(
        () -> {
          if (!isOver) {
            isOver = true;
            here()
                .writeAndFlush(new CloseWebSocketFrame(WebSocketCloseStatus.NORMAL_CLOSURE))
                .addListener(ChannelFutureListener.CLOSE);
          }
        });
  }

  @Override
  public boolean isWritable() {
    return here().channel().isWritable();
  }

  @Override
  public void readOn() {
    inLoop(
        () -> {
          if (!isOver) {
            isReading = true;
            var _ = here().read();
          }
        });
  }

  private void inLoop(Runnable step) {
    if (here().executor().inEventLoop()) {
      step.run();
    } else {
      here().executor().execute(step);
    }
  }

  private ChannelHandlerContext here() {
    ChannelHandlerContext known = context;
    if (known == null) {
      throw new IllegalStateException("the handler is in no pipeline");
    }
    return known;
  }
}
