package dev.trivet.api.port;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which handler answers for a path: the exact one, else the longest that ends in a slash. */
final class HttpRoutes {
  private final Map<String, HttpHandler> handlers;

  HttpRoutes(Map<String, HttpHandler> handlers) {
    this.handlers = handlers;
  }

  @Nullable HttpHandler find(String path) {
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
}
