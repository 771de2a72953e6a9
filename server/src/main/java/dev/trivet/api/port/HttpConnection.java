package dev.trivet.api.port;

import com.google.protobuf.ByteString;
import dev.trivet.api.edge.Statuses;
import dev.trivet.errors.TrivetException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.timeout.IdleStateEvent;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One HTTP/1.1 connection: takes a request, has it answered on a virtual thread, then reads the
 * next. All fields belong to the connection's event loop.
 */
final class HttpConnection extends SimpleChannelInboundHandler<FullHttpRequest> {
  private static final Logger LOG = LoggerFactory.getLogger(HttpConnection.class);

  private final HttpRoutes routes;
  private final Executor calls;
  // Between a request and its answer; silence of the client is right then.
  private boolean isAnswering;

  HttpConnection(HttpRoutes routes, Executor calls) {
    this.routes = routes;
    this.calls = calls;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
    if (request.decoderResult().isFailure()) {
      HttpReply reply =
          HttpReply.text(
              400, "not HTTP/1.1: " + request.decoderResult().cause().getMessage() + "\n");
      context.writeAndFlush(encode(reply, false)).addListener(ChannelFutureListener.CLOSE);
      return;
    }
    isAnswering = true;
    context.channel().config().setAutoRead(false);
    boolean isHead = request.method().equals(HttpMethod.HEAD);
    HttpCall call;
    try {
      call = decode(request);
    } catch (IllegalArgumentException e) {
      finish(context, HttpReply.text(400, "path or query: " + e.getMessage() + "\n"), isHead);
      return;
    }
    try {
      calls.execute(
          () -> {
            HttpReply reply = answer(call);
            context.executor().execute(() -> finish(context, reply, isHead));
          });
    } catch (RejectedExecutionException e) {
      LOG.debug("The port closes: connection closed before {}", call.path(), e);
      var _ = context.close();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof IdleStateEvent && !isAnswering) {
      var _ = context.close();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    LOG.debug("HTTP connection {} closed", context.channel(), cause);
    var _ = context.close();
  }

  private HttpReply answer(HttpCall call) {
    HttpHandler handler = routes.find(call.path());
    if (handler == null) {
      return HttpReply.text(404, "404 page not found\n");
    }
    try {
      return handler.answer(call);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return HttpReply.text(503, "the node stops\n");
    } catch (RuntimeException e) {
      TrivetException known = Statuses.classify(e);
      return HttpReply.text(known.code().httpStatus(), known.getMessage() + "\n");
    }
  }

  private void finish(ChannelHandlerContext context, HttpReply reply, boolean isHead) {
    isAnswering = false;
    var _ = context.writeAndFlush(encode(reply, isHead));
    context.channel().config().setAutoRead(true);
  }

  private static HttpCall decode(FullHttpRequest request) {
    QueryStringDecoder uri = new QueryStringDecoder(request.uri());
    Map<String, String> headers = new HashMap<>();
    request
        .headers()
        .forEach(h -> headers.putIfAbsent(h.getKey().toLowerCase(Locale.ROOT), h.getValue()));
    ByteBuf content = request.content();
    ByteString body = ByteString.copyFrom(content.nioBuffer());
    return new HttpCall(request.method().name(), uri.path(), uri.rawQuery(), headers, body);
  }

  private static FullHttpResponse encode(HttpReply reply, boolean isHead) {
    ByteBuf body =
        isHead
            ? Unpooled.EMPTY_BUFFER
            : Unpooled.wrappedBuffer(reply.body().asReadOnlyByteBuffer());
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(reply.status()), body);
    response.headers().set(HttpHeaderNames.CONTENT_TYPE, reply.contentType());
    response.headers().set(HttpHeaderNames.CONTENT_LENGTH, reply.body().size());
    return response;
  }
}
