package dev.trivet.api.port;

import com.google.protobuf.ByteString;
import io.grpc.Attributes;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One request and its answer. All fields belong to the connection's event loop. */
final class HttpExchange implements HttpAnswering {
  private final ChannelHandlerContext context;
  private final Attributes connection;
  private final boolean isHead;
  private final boolean isOld;
  private final Consumer<HttpHeaders> shared;
  private final Runnable onOver;
  private @Nullable HttpListener listener;
  private boolean isBodyOver;
  private boolean isStarted;
  private boolean isOver;

  /**
   * @param isHead whether the client wants the answer's head alone
   * @param isOld whether it speaks HTTP/1.0, which ends an answer in pieces by closing
   * @param isBodyOver whether the request's body is there, whole
   * @param shared adds to the answer's head what lets a web page read it
   * @param onOver called once the answer is over and the connection may serve another request
   */
  HttpExchange(
      ChannelHandlerContext context,
      Attributes connection,
      boolean isHead,
      boolean isOld,
      boolean isBodyOver,
      Consumer<HttpHeaders> shared,
      Runnable onOver) {
    this.shared = shared;
    this.context = context;
    this.connection = connection;
    this.isHead = isHead;
    this.isOld = isOld;
    this.isBodyOver = isBodyOver;
    this.onOver = onOver;
  }

  void listen(HttpListener added) {
    listener = added;
  }

  void hear(ByteString piece, boolean isLast) {
    isBodyOver |= isLast;
    if (listener == null || isOver) {
      return;
    }
    if (!piece.isEmpty()) {
      listener.onPiece(piece);
    } else if (!isLast) {
      context.read();
    }
    if (isLast) {
      listener.onBodyEnd();
    }
  }

  void writable() {
    if (listener != null && !isOver) {
      listener.onWritable();
    }
  }

  void gone() {
    if (!isOver) {
      isOver = true;
      if (listener != null) {
        listener.onGone();
      }
    }
  }

  @Override
  public Attributes connection() {
    return connection;
  }

  @Override
  public void whole(HttpReply reply) {
    inLoop(
        () -> {
          if (!isOver && !isStarted) {
            var _ = context.writeAndFlush(HttpReplies.encode(reply, isHead, shared));
            finish();
          }
        });
  }

  @Override
  public void start(String contentType) {
    inLoop(
        () -> {
          if (!isOver && !isStarted) {
            isStarted = true;
            HttpResponse head =
                new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
            head.headers().set(HttpHeaderNames.CONTENT_TYPE, contentType);
            shared.accept(head.headers());
            if (!isOld) {
              head.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
            }
            var _ = context.writeAndFlush(head);
          }
        });
  }

  @Override
  public void piece(ByteString piece) {
    // Netty counts what another thread writes at once against what may wait.
    var _ =
        context.writeAndFlush(
            new DefaultHttpContent(Unpooled.wrappedBuffer(piece.asReadOnlyByteBuffer())));
  }

  @Override
  public void end() {
    inLoop(
        () -> {
          if (!isOver) {
            var _ = context.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
            finish();
          }
        });
  }

  /** What one thread asks for happens in its order. */
  private void inLoop(Runnable step) {
    if (context.executor().inEventLoop()) {
      step.run();
    } else {
      context.executor().execute(step);
    }
  }

  private void finish() {
    isOver = true;
    if (isBodyOver) {
      onOver.run();
    } else {
      // What is left of the body is not wanted, and the next request comes only after it.
      context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }
  }

  @Override
  public boolean isWritable() {
    return context.channel().isWritable();
  }

  @Override
  public void readOn() {
    inLoop(
        () -> {
          if (!isOver && !isBodyOver) {
            context.read();
          }
        });
  }
}
