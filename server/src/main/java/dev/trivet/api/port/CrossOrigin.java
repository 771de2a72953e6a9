package dev.trivet.api.port;

import dev.trivet.errors.ErrorCode;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which web pages may read answers that a browser got for them over HTTP (CORS), as etcd's option
 * {@code --cors} has it. A browser asks first, by the method OPTIONS; whoever is no browser takes
 * no notice of all this.
 *
 * @param allowed origins as a browser writes them, or {@code *} for all
 */
public record CrossOrigin(Set<String> allowed) {
  /** Pages of any origin, which is etcd's default too. */
  public static final CrossOrigin ANY = new CrossOrigin(Set.of("*"));

  private static final String METHODS = "POST, GET, OPTIONS, PUT, DELETE";
  private static final String HEADERS = "accept, content-type, authorization";

  public CrossOrigin {
    allowed = Set.copyOf(allowed);
  }

  /**
   * Reads a list of origins, separated by commas; an empty one allows none.
   *
   * @throws dev.trivet.errors.TrivetException INVALID_ARGUMENT for what no browser would write
   */
  public static CrossOrigin parse(String list) {
    return new CrossOrigin(
        Arrays.stream(list.split(","))
            .map(String::strip)
            .filter(origin -> !origin.isEmpty())
            .map(CrossOrigin::checked)
            .collect(Collectors.toUnmodifiableSet()));
  }

  private static String checked(String origin) {
    if (!origin.equals("*") && !isOrigin(origin)) {
      throw ErrorCode.INVALID_ARGUMENT.exception(
          "'%s' is no origin: allowed are * and SCHEME://HOST[:PORT]".formatted(origin));
    }
    return origin;
  }

  private static boolean isOrigin(String text) {
    try {
      URI uri = new URI(text);
      return uri.getScheme() != null && uri.getHost() != null && uri.getRawPath().isEmpty();
    } catch (URISyntaxException _) {
      return false;
    }
  }

  /**
   * Whether a page may open a WebSocket, for which its browser does not ask first.
   *
   * @param origin as the request tells it; empty if it does not: then it is of no browser
   */
  boolean isAllowed(String origin) {
    return origin.isEmpty() || allowed.contains("*") || allowed.contains(origin);
  }

  /**
   * Adds to an answer what the browser looks for.
   *
   * @param origin of the page, as the request tells it; empty if it does not
   */
  void allow(String origin, HttpHeaders answer) {
    boolean isAny = allowed.contains("*");
    if (isAny || allowed.contains(origin)) {
      answer.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, isAny ? "*" : origin);
      answer.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_METHODS, METHODS);
      answer.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_HEADERS, HEADERS);
    }
    if (!isAny) {
      // What one page was told must not be kept for another.
      answer.set(HttpHeaderNames.VARY, HttpHeaderNames.ORIGIN);
    }
  }
}
