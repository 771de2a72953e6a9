package dev.trivet.api.port;

import com.google.protobuf.ByteString;
import dev.trivet.api.edge.Statuses;
import dev.trivet.errors.TrivetException;
import io.grpc.Attributes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.timeout.IdleStateEvent;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One HTTP/1.1 connection: takes a request, has it answered, then reads the next. While one is
 * answered the connection reads only what a conversation asks for. All fields belong to the
 * connection's event loop.
 */
final class HttpConnection extends SimpleChannelInboundHandler<HttpObject> {
  private static final Logger LOG = LoggerFactory.getLogger(HttpConnection.class);

  private final HttpRoutes routes;
  private final CrossOrigin origins;
  private final Executor calls;
  private final Attributes attributes;

  /** Between a request and the end of its answer; silence of the client is right then. */
  private @Nullable HttpExchange current;

  /** Once the request that asked for a WebSocket is over. */
  private @Nullable Runnable upgrade;

  HttpConnection(HttpRoutes routes, CrossOrigin origins, Executor calls, Attributes attributes) {
    this.routes = routes;
    this.origins = origins;
    this.calls = calls;
    this.attributes = attributes;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, HttpObject message) {
    if (message.decoderResult().isFailure()) {
      HttpReply reply =
          HttpReply.text(
              400, "not HTTP/1.1: " + message.decoderResult().cause().getMessage() + "\n");
      context
          .writeAndFlush(HttpReplies.encode(reply, false, _ -> {}))
          .addListener(ChannelFutureListener.CLOSE);
    } else if (message instanceof HttpRequest request) {
      begin(context, request);
    } else if (upgrade != null) {
      if (message instanceof LastHttpContent) {
        upgrade.run();
      }
    } else if (message instanceof HttpContent content && current != null) {
      current.hear(bytes(content), message instanceof LastHttpContent);
    }
  }

  private void begin(ChannelHandlerContext context, HttpRequest request) {
    context.channel().config().setAutoRead(false);
    HttpExchange exchange =
        new HttpExchange(
            context,
            attributes,
            request.method().equals(HttpMethod.HEAD),
            request.protocolVersion().equals(HttpVersion.HTTP_1_0),
            request instanceof HttpContent,
            shared(request),
            () -> over(context));
    current = exchange;
    if (request.method().equals(HttpMethod.OPTIONS)) {
      // A browser asks whether a page may ask: that is said in the head, whatever the path.
      exchange.whole(HttpReply.text(200, ""));
      return;
    }
    HttpCall call;
    try {
      call = decode(request);
    } catch (IllegalArgumentException e) {
      exchange.whole(HttpReply.text(400, "path or query: " + e.getMessage() + "\n"));
      return;
    }
    HttpConversation conversation = routes.findConversation(call.path());
    if (WebSocketUpgrade.isAsked(request)) {
      String refusal = refusal(request, conversation);
      if (refusal.isEmpty() && conversation != null) {
        upgrade = () -> becomeSocket(context, call, conversation);
        var _ = context.read();
      } else {
        exchange.whole(HttpReply.text(400, refusal + "\n"));
      }
      return;
    }
    if (conversation != null) {
      if (HttpUtil.is100ContinueExpected(request) && !(request instanceof HttpContent)) {
        var _ =
            context.writeAndFlush(
                new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
      }
      exchange.listen(conversation.begin(call, exchange));
      return;
    }
    try {
      calls.execute(() -> exchange.whole(answer(call)));
    } catch (RejectedExecutionException e) {
      LOG.debug("The port closes: connection closed before {}", call.path(), e);
      var _ = context.close();
    }
  }

  private String refusal(HttpRequest request, @Nullable HttpConversation conversation) {
    if (conversation == null || !conversation.isBodyInPieces()) {
      return "a WebSocket is for streams alone, as /v3/watch and /v3/lease/keepalive";
    }
    String origin = request.headers().get(HttpHeaderNames.ORIGIN, "");
    return origins.isAllowed(origin)
        ? WebSocketUpgrade.refusal(request)
        : "pages of " + origin + " may not open a WebSocket here: see --cors";
  }

  private void becomeSocket(
      ChannelHandlerContext context, HttpCall call, HttpConversation conversation) {
    current = null;
    WebSocketUpgrade.accept(
        context,
        call,
        new WebSocketConnection(conversation, WebSocketUpgrade.posted(call), attributes));
  }

  private Consumer<HttpHeaders> shared(HttpRequest request) {
    String origin = request.headers().get(HttpHeaderNames.ORIGIN, "");
    return answer -> origins.allow(origin, answer);
  }

  private void over(ChannelHandlerContext context) {
    current = null;
    context.channel().config().setAutoRead(true);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (current != null) {
      current.gone();
    }
    context.fireChannelInactive();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (current != null && context.channel().isWritable()) {
      current.writable();
    }
    context.fireChannelWritabilityChanged();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof IdleStateEvent && current == null) {
      var _ = context.close();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    LOG.debug("HTTP connection {} closed", context.channel(), cause);
    var _ = context.close();
  }

  private HttpReply answer(HttpCall call) {
    HttpHandler handler = routes.findHandler(call.path());
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

  private static HttpCall decode(HttpRequest request) {
    QueryStringDecoder uri = new QueryStringDecoder(request.uri());
    Map<String, String> headers = new HashMap<>();
    request
        .headers()
        .forEach(h -> headers.putIfAbsent(h.getKey().toLowerCase(Locale.ROOT), h.getValue()));
    ByteString body = request instanceof HttpContent content ? bytes(content) : ByteString.EMPTY;
    return new HttpCall(request.method().name(), uri.path(), uri.rawQuery(), headers, body);
  }

  private static ByteString bytes(HttpContent content) {
    ByteBuf buffer = content.content();
    return ByteString.copyFrom(buffer.nioBuffer());
  }
}
