package dev.trivet.api.port;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerKeepAliveHandler;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

/**
 * From HTTP/1.1 to a WebSocket, which etcd's gateway takes for its streams: a browser can open one
 * and hear a watch, where it cannot read an answer in pieces.
 *
 * <p>Netty's own handshake would answer from the pipeline's tail, where gRPC holds back what is
 * written. The token of a user comes as the subprotocol {@code Bearer, TOKEN}, since a browser sets
 * no other header.
 *
 * <p>Source: RFC 6455, sections 4.2 and 11.3.4.
 */
final class WebSocketUpgrade {
  private static final String MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final String VERSION = "13";
  private static final String BEARER = "Bearer";

  private WebSocketUpgrade() {}

  static boolean isAsked(HttpRequest request) {
    return request
        .headers()
        .containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true);
  }

  /** Why it is refused; empty when it is not. */
  static String refusal(HttpRequest request) {
    if (!request.headers().contains(HttpHeaderNames.SEC_WEBSOCKET_KEY)) {
      return "the header Sec-WebSocket-Key is missing";
    }
    return VERSION.equals(request.headers().get(HttpHeaderNames.SEC_WEBSOCKET_VERSION))
        ? ""
        : "of WebSocket's versions only 13 is spoken here";
  }

  /** The call that the socket stands for: a posted one, with the token where others have it. */
  static HttpCall posted(HttpCall call) {
    Map<String, String> headers = new HashMap<>(call.headers());
    String token = token(call);
    if (!token.isEmpty()) {
      headers.put(HttpHeaderNames.AUTHORIZATION.toString(), token);
    }
    return new HttpCall("POST", call.path(), call.query(), headers, call.body());
  }

  private static String token(HttpCall call) {
    String offered =
        call.headers().getOrDefault(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL.toString(), "");
    String[] names = offered.split(",", -1);
    return names.length == 2 && names[0].strip().equals(BEARER) ? names[1].strip() : "";
  }

  /**
   * Answers that it is one from here on, and puts its handlers in place. On the event loop, once
   * the request has been read to its end.
   *
   * @param context of the handler that is replaced, behind those of HTTP
   * @param call as it was decoded
   */
  static void accept(ChannelHandlerContext context, HttpCall call, WebSocketConnection connection) {
    var _ = context.writeAndFlush(response(call));
    ChannelPipeline pipeline = context.pipeline();
    pipeline.remove(HttpServerKeepAliveHandler.class);
    pipeline.remove(HttpBodies.class);
    String codec = pipeline.context(HttpServerCodec.class).name();
    pipeline.addAfter(codec, null, new WebSocketFrameAggregator(ClientPort.MAX_BODY_BYTES));
    pipeline.addAfter(
        codec,
        null,
        new WebSocket13FrameDecoder(
            WebSocketDecoderConfig.newBuilder()
                .maxFramePayloadLength(ClientPort.MAX_BODY_BYTES)
                .allowExtensions(false)
                .build()));
    pipeline.addAfter(codec, null, new WebSocket13FrameEncoder(false));
    pipeline.addAfter(context.name(), null, connection);
    pipeline.remove(context.name());
    // Last: what it has read beyond the request goes on to the handlers behind it.
    pipeline.remove(codec);
  }

  private static FullHttpResponse response(HttpCall call) {
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.SWITCHING_PROTOCOLS, Unpooled.EMPTY_BUFFER);
    response.headers().set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET);
    response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
    response
        .headers()
        .set(
            HttpHeaderNames.SEC_WEBSOCKET_ACCEPT,
            accepted(
                call.headers().getOrDefault(HttpHeaderNames.SEC_WEBSOCKET_KEY.toString(), "")));
    if (!token(call).isEmpty()) {
      response.headers().set(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, BEARER);
    }
    return response;
  }

  private static String accepted(String key) {
    try {
      // By RFC 6455: it proves that the other side speaks WebSocket, and protects nothing.
      MessageDigest digest = MessageDigest.getInstance("SHA-1");
      return Base64.getEncoder().encodeToString(digest.digest((key + MAGIC).getBytes(ISO_8859_1)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("a JDK has SHA-1", e);
    }
  }
}
