package dev.trivet.api.port;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;

/** Replies in netty's form. */
final class HttpReplies {
  private HttpReplies() {}

  static FullHttpResponse encode(HttpReply reply, boolean isHead) {
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
