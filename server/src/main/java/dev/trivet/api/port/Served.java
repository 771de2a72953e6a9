package dev.trivet.api.port;

import io.grpc.BindableService;
import io.grpc.ServerInterceptor;
import java.util.List;
import java.util.Map;

/**
 * What a port serves.
 *
 * @param interceptors of gRPC's calls, the first is called first
 * @param handlers by path; one that ends in a slash answers for all that begins with it unless a
 *     longer one does
 * @param conversations by path, which goes before the handlers'
 * @param origins of web pages that may read the answers of HTTP
 */
public record Served(
    List<BindableService> services,
    List<ServerInterceptor> interceptors,
    Map<String, HttpHandler> handlers,
    Map<String, HttpConversation> conversations,
    CrossOrigin origins) {
  public Served {
    services = List.copyOf(services);
    interceptors = List.copyOf(interceptors);
    handlers = Map.copyOf(handlers);
    conversations = Map.copyOf(conversations);
  }

  /** For pages of any origin. */
  public Served(
      List<BindableService> services,
      List<ServerInterceptor> interceptors,
      Map<String, HttpHandler> handlers,
      Map<String, HttpConversation> conversations) {
    this(services, interceptors, handlers, conversations, CrossOrigin.ANY);
  }

  /** The same for pages of these origins. */
  public Served to(CrossOrigin pages) {
    return new Served(services, interceptors, handlers, conversations, pages);
  }
}
