package dev.trivet.api.port;

import com.google.protobuf.ByteString;

/**
 * The whole answer to an {@link HttpCall}.
 *
 * @param status HTTP's status code
 * @param contentType value of the header {@code Content-Type}
 */
public record HttpReply(int status, String contentType, ByteString body) {
  public HttpReply {
    if (status < 200 || status > 599) {
      throw new IllegalArgumentException("status " + status + ", allowed 200 to 599");
    }
  }

  public static HttpReply text(int status, String text) {
    return new HttpReply(status, "text/plain; charset=utf-8", ByteString.copyFromUtf8(text));
  }

  public static HttpReply json(int status, String json) {
    return new HttpReply(status, "application/json", ByteString.copyFromUtf8(json));
  }
}
