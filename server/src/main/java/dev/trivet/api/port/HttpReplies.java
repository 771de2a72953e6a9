package dev.trivet.api.port;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.util.function.Consumer;

/** Replies in netty's form. */
final class HttpReplies {
  private HttpReplies() {}

  /**
   * @param shared with a web page, as its origin and what is allowed say
   */
  static FullHttpResponse encode(HttpReply reply, boolean isHead, Consumer<HttpHeaders> shared) {
    ByteBuf body =
        isHead
            ? Unpooled.EMPTY_BUFFER
            : Unpooled.wrappedBuffer(reply.body().asReadOnlyByteBuffer());
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(reply.status()), body);
    response.headers().set(HttpHeaderNames.CONTENT_TYPE, reply.contentType());
    response.headers().set(HttpHeaderNames.CONTENT_LENGTH, reply.body().size());
    shared.accept(response.headers());
    return response;
  }
}
