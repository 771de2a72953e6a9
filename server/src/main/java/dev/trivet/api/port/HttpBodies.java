package dev.trivet.api.port;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;

/** Makes requests whole, except for those whose body is heard in pieces. */
final class HttpBodies extends HttpObjectAggregator {
  private final HttpRoutes routes;

  HttpBodies(HttpRoutes routes) {
    super(ClientPort.MAX_BODY_BYTES);
    this.routes = routes;
  }

  @Override
  public boolean acceptInboundMessage(Object message) throws Exception {
    boolean isInPieces =
        message instanceof HttpRequest request && routes.isBodyInPieces(request.uri());
    return !isInPieces && super.acceptInboundMessage(message);
  }

  @Override
  protected void handleOversizedMessage(ChannelHandlerContext context, HttpMessage oversized) {
    HttpReply reply =
        HttpReply.text(413, "a request's body has at most " + maxContentLength() + " bytes\n");
    ChannelFuture sent = context.writeAndFlush(HttpReplies.encode(reply, false, _ -> {}));
    if (!HttpUtil.isKeepAlive(oversized)) {
      sent.addListener(ChannelFutureListener.CLOSE);
    }
  }
}
