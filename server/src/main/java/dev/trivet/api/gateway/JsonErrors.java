package dev.trivet.api.gateway;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Value;
import com.google.protobuf.util.JsonFormat;
import dev.trivet.api.port.HttpReply;
import io.grpc.Status;
import io.netty.handler.codec.http.HttpResponseStatus;

/** Errors as etcd 3.5's gateway writes them; its tests compare text and order of the fields. */
final class JsonErrors {
  private JsonErrors() {}

  static HttpReply of(Status.Code code, String message) {
    return HttpReply.json(httpStatus(code), body(code, message));
  }

  static String body(Status.Code code, String message) {
    String text = quoted(message);
    return "{\"error\":%s,\"code\":%d,\"message\":%s}".formatted(text, code.value(), text);
  }

  /**
   * An error where a stream has answers: the names of etcd's versions until 3.5, and those of the
   * later ones.
   */
  static String line(Status status) {
    HttpResponseStatus http = HttpResponseStatus.valueOf(httpStatus(status.getCode()));
    return "{\"error\":{\"grpc_code\":%1$d,\"http_code\":%2$d,\"message\":%3$s,\"http_status\":%4$s,\"code\":%1$d}}"
        .formatted(
            status.getCode().value(),
            http.code(),
            quoted(message(status)),
            quoted(http.reasonPhrase()));
  }

  static String message(Status status) {
    String description = status.getDescription();
    return description == null ? status.getCode().name() : description;
  }

  static int httpStatus(Status.Code code) {
    return switch (code) {
      case OK -> 200;
      case INVALID_ARGUMENT, OUT_OF_RANGE, FAILED_PRECONDITION -> 400;
      case UNAUTHENTICATED -> 401;
      case PERMISSION_DENIED -> 403;
      case NOT_FOUND -> 404;
      case CANCELLED -> 408;
      case ALREADY_EXISTS, ABORTED -> 409;
      case RESOURCE_EXHAUSTED -> 429;
      case UNKNOWN, INTERNAL, DATA_LOSS -> 500;
      case UNIMPLEMENTED -> 501;
      case UNAVAILABLE -> 503;
      case DEADLINE_EXCEEDED -> 504;
    };
  }

  private static String quoted(String text) {
    try {
      return JsonFormat.printer().print(Value.newBuilder().setStringValue(text));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a string is always valid JSON", e);
    }
  }
}
