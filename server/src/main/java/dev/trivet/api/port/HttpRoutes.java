package dev.trivet.api.port;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who answers for a path: a conversation with exactly that path, else the handler with that path or
 * with the longest beginning that ends in a slash.
 */
final class HttpRoutes {
  private final Map<String, HttpHandler> handlers;
  private final Map<String, HttpConversation> conversations;

  HttpRoutes(Map<String, HttpHandler> handlers, Map<String, HttpConversation> conversations) {
    this.handlers = handlers;
    this.conversations = conversations;
  }

  @Nullable HttpConversation findConversation(String path) {
    return conversations.get(path);
  }

  @Nullable HttpHandler findHandler(String path) {
    HttpHandler exact = handlers.get(path);
    int end = path.length();
    while (exact == null && end > 0) {
      end = path.lastIndexOf('/', end - 1);
      if (end >= 0) {
        exact = handlers.get(path.substring(0, end + 1));
      }
    }
    return exact;
  }

  /** Whether the body of a request to this address is heard in pieces. */
  boolean isBodyInPieces(String uri) {
    try {
      HttpConversation found = conversations.get(new QueryStringDecoder(uri).path());
      return found != null && found.isBodyInPieces();
    } catch (IllegalArgumentException _) {
      return false;
    }
  }
}
