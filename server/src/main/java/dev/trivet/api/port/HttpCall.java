package dev.trivet.api.port;

import com.google.protobuf.ByteString;
import java.util.Map;

/**
 * One HTTP/1.1 request, whole.
 *
 * @param method in capitals, as sent
 * @param path without the query, percent signs resolved
 * @param query without the question mark, as sent; empty if there was none
 * @param headers by lower-case name; of a header that was sent twice, the first
 * @param body at most {@link ClientPort#MAX_BODY_BYTES}
 */
public record HttpCall(
    String method, String path, String query, Map<String, String> headers, ByteString body) {
  public HttpCall {
    headers = Map.copyOf(headers);
  }
}
