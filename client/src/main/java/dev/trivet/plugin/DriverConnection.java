package dev.trivet.plugin;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.util.JsonFormat;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection of the engine. A call is taken to a virtual thread; nothing more is read from the
 * connection until it is answered.
 */
final class DriverConnection extends SimpleChannelInboundHandler<FullHttpRequest> {
  private static final Logger LOG = LoggerFactory.getLogger(DriverConnection.class);
  private static final String CONTENT_TYPE = "application/vnd.docker.plugins.v1.1+json";

  private final VolumeDriver driver;

  DriverConnection(VolumeDriver driver) {
    this.driver = driver;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext connection, FullHttpRequest request) {
    String path = request.uri();
    String body = request.content().toString(StandardCharsets.UTF_8);
    boolean isPost = request.method().equals(HttpMethod.POST);
    boolean staysOpen = HttpUtil.isKeepAlive(request);
    connection.channel().config().setAutoRead(false);
    Thread.ofVirtual()
        .name("trivet-driver-call")
        .start(() -> send(connection, isPost ? answer(path, body) : null, staysOpen));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext connection, Throwable cause) {
    LOG.debug("a connection of the engine ended", cause);
    var _ = connection.close();
  }

  private @Nullable Struct answer(String path, String body) {
    Struct.Builder request = Struct.newBuilder();
    try {
      if (!body.isBlank()) {
        JsonFormat.parser().merge(body, request);
      }
    } catch (InvalidProtocolBufferException e) {
      return VolumeDriver.error("the call's body is no JSON object: " + e.getMessage());
    }
    try {
      return driver.answer(path, request.build());
    } catch (RuntimeException e) {
      // The edge: without an answer the engine would wait for ever.
      LOG.error("{} failed", path, e);
      return VolumeDriver.error("this is a bug, please report it: " + e);
    }
  }

  private static void send(
      ChannelHandlerContext connection, @Nullable Struct answer, boolean staysOpen) {
    byte[] body = json(answer == null ? VolumeDriver.error("there is no such call") : answer);
    DefaultFullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            answer == null ? HttpResponseStatus.NOT_FOUND : HttpResponseStatus.OK,
            Unpooled.wrappedBuffer(body));
    response.headers().set(HttpHeaderNames.CONTENT_TYPE, CONTENT_TYPE);
    response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, body.length);
    HttpUtil.setKeepAlive(response, staysOpen);
    var sent = connection.writeAndFlush(response);
    if (staysOpen) {
      connection.channel().config().setAutoRead(true);
    } else {
      sent.addListener(ChannelFutureListener.CLOSE);
    }
  }

  private static byte[] json(Struct answer) {
    try {
      return JsonFormat.printer()
          .omittingInsignificantWhitespace()
          .print(answer)
          .getBytes(StandardCharsets.UTF_8);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a struct of texts can always be printed", e);
    }
  }
}
