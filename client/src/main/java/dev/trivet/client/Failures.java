package dev.trivet.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.Optional;

/**
 * Turns failed calls into rows of {@link ErrorCode}: by the trailer if there is one, else by
 * status.
 */
public final class Failures {
  /** Name of an error code, in the trailers of a refusal. */
  public static final Metadata.Key<String> ERROR =
      Metadata.Key.of("trivet-error", Metadata.ASCII_STRING_MARSHALLER);

  /** "name=host:port" of the leader, in headers or trailers; empty while there is none. */
  public static final Metadata.Key<String> LEADER =
      Metadata.Key.of("trivet-leader", Metadata.ASCII_STRING_MARSHALLER);

  /** What a node has to say beyond the text of the error's row, in UTF-8. */
  static final Metadata.Key<byte[]> MESSAGE =
      Metadata.Key.of("trivet-message-bin", Metadata.BINARY_BYTE_MARSHALLER);

  /** Rows that etcd's nodes name by their texts alone. */
  private static final List<ErrorCode> OF_ETCD =
      List.of(
          ErrorCode.AUTH_FAILED,
          ErrorCode.AUTH_NOT_ENABLED,
          ErrorCode.AUTH_REVISION_OLD,
          ErrorCode.INVALID_AUTH_TOKEN,
          ErrorCode.PERMISSION_DENIED,
          ErrorCode.USER_EMPTY);

  private Failures() {}

  /**
   * The error of a failed call.
   *
   * @param mayHaveApplied true for a write whose request may have left this process: losing the
   *     connection or the deadline then means that its outcome is unknown
   */
  public static TrivetException of(StatusRuntimeException failure, boolean mayHaveApplied) {
    String text = String.valueOf(failure.getStatus().getDescription());
    Metadata trailers = failure.getTrailers();
    String name = trailers == null ? null : trailers.get(ERROR);
    if (trailers != null && name != null) {
      for (ErrorCode code : ErrorCode.values()) {
        if (code.name().equals(name)) {
          byte[] message = trailers.get(MESSAGE);
          return code.exception(message == null ? text : new String(message, UTF_8), failure);
        }
      }
    }
    Optional<ErrorCode> refusal = refusalIn(text);
    if (refusal.isPresent()) {
      return refusal.get().exception(text, failure);
    }
    Status.Code status =
        isConnectionLost(failure.getStatus())
            ? Status.Code.UNAVAILABLE
            : failure.getStatus().getCode();
    ErrorCode code =
        switch (status) {
          case UNAVAILABLE -> mayHaveApplied ? ErrorCode.OUTCOME_UNKNOWN : ErrorCode.UNREACHABLE;
          case DEADLINE_EXCEEDED, CANCELLED ->
              mayHaveApplied ? ErrorCode.OUTCOME_UNKNOWN : ErrorCode.DEADLINE_EXCEEDED;
          case UNIMPLEMENTED -> ErrorCode.UNIMPLEMENTED;
          case PERMISSION_DENIED, UNAUTHENTICATED -> ErrorCode.NOT_PERMITTED;
          case INVALID_ARGUMENT, OUT_OF_RANGE -> ErrorCode.INVALID_ARGUMENT;
          // Without a trailer it may also be this side refusing a large reply to a write that
          // happened.
          case RESOURCE_EXHAUSTED ->
              mayHaveApplied ? ErrorCode.OUTCOME_UNKNOWN : ErrorCode.TOO_MANY_REQUESTS;
          case DATA_LOSS -> ErrorCode.DATA_CORRUPT;
          default -> mayHaveApplied ? ErrorCode.OUTCOME_UNKNOWN : ErrorCode.INTERNAL;
        };
    return code.exception(text, failure);
  }

  /** gRPC calls it unknown when a connection ends just as a call begins on it. */
  static boolean isConnectionLost(Status status) {
    return status.getCode() == Status.Code.UNAVAILABLE
        || (status.getCode() == Status.Code.UNKNOWN
            && status.getCause() instanceof ClosedChannelException);
  }

  /** Why somebody was not let in, by the text that a node gave; empty if it says something else. */
  static Optional<ErrorCode> refusalIn(String text) {
    return OF_ETCD.stream().filter(code -> text.endsWith(code.text())).findFirst();
  }

  /** By which {@link #of} knows an error again. */
  static Metadata trailersOf(TrivetException error) {
    Metadata trailers = new Metadata();
    trailers.put(ERROR, error.code().name());
    trailers.put(MESSAGE, String.valueOf(error.getMessage()).getBytes(UTF_8));
    return trailers;
  }
}
