package dev.trivet.api.edge;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.EtcdTexts;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.log.Refusal;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns what was thrown or refused into a gRPC status, by the one table of errors.
 *
 * <p>Each status carries the row's name in the trailer {@link #ERROR_NAME}, so that a client of
 * ours finds the same row again. For the rows of etcd's API the description is the row's text and
 * nothing else, or another text that etcd has for it, because etcd's clients compare it, and the
 * message has a trailer; for all others it is the message that was given. What has no row is a bug:
 * it is logged here with its stack, and the caller learns only that.
 */
public final class Statuses {
  /** The trailer that holds the name of a row of {@link ErrorCode}. */
  public static final Metadata.Key<String> ERROR_NAME =
      Metadata.Key.of("trivet-error", Metadata.ASCII_STRING_MARSHALLER);

  /** The trailer that holds, in UTF-8, the message for people where the description is fixed. */
  public static final Metadata.Key<byte[]> MESSAGE =
      Metadata.Key.of("trivet-message-bin", Metadata.BINARY_BYTE_MARSHALLER);

  private static final Logger LOG = LoggerFactory.getLogger(Statuses.class);
  private static final String ETCD_PREFIX = "etcdserver: ";

  private Statuses() {}

  /**
   * The status for something that was thrown. Futures' wrappers are taken off; a status that
   * another node sent with a row's name keeps its row and its description.
   */
  public static StatusRuntimeException of(Throwable thrown) {
    TrivetException known = classify(thrown);
    return build(known.code(), messageOf(known));
  }

  /** The status for an expected "no" of the state machine. */
  public static StatusRuntimeException ofRefusal(Refusal refusal) {
    ErrorCode code = rowNamed(refusal.getCode());
    if (code == null) {
      LOG.error(
          "A refusal names '{}', which is no row of ErrorCode: {}", refusal.getCode(), refusal);
      return build(ErrorCode.INTERNAL, ErrorCode.INTERNAL.text());
    }
    return build(code, refusal.getMessage());
  }

  /**
   * The same thing as an exception that has a row: {@code INTERNAL}, logged, for what has none. A
   * future's time-out means that nobody waits any more, not that nothing will happen. For protocols
   * that do not speak in gRPC statuses.
   */
  public static TrivetException classify(Throwable thrown) {
    Throwable cause = unwrap(thrown);
    if (cause instanceof TrivetException known) {
      return known;
    }
    if (cause instanceof StatusRuntimeException remote) {
      Metadata trailers = remote.getTrailers();
      ErrorCode code = trailers == null ? null : rowNamed(trailers.get(ERROR_NAME));
      if (code != null) {
        String description = remote.getStatus().getDescription();
        return code.exception(description == null ? code.text() : description, remote);
      }
    }
    if (cause instanceof TimeoutException) {
      return ErrorCode.OUTCOME_UNKNOWN.exception(ErrorCode.OUTCOME_UNKNOWN.text(), cause);
    }
    LOG.error("No row of ErrorCode for what was thrown", thrown);
    return ErrorCode.INTERNAL.exception(ErrorCode.INTERNAL.text(), thrown);
  }

  /** A row as a status is written in Go, where etcd's API has it in a text. */
  public static String inGo(ErrorCode code) {
    String name =
        Stream.of(code.grpcCode().name().split("_"))
            .map(word -> word.charAt(0) + word.substring(1).toLowerCase(Locale.ROOT))
            .collect(Collectors.joining());
    return "rpc error: code = " + name + " desc = " + code.text();
  }

  private static Throwable unwrap(Throwable thrown) {
    Throwable inner = thrown;
    while (inner instanceof CompletionException || inner instanceof ExecutionException) {
      Throwable cause = inner.getCause();
      if (cause == null) {
        break;
      }
      inner = cause;
    }
    return inner;
  }

  private static String messageOf(TrivetException known) {
    String message = known.getMessage();
    return message == null ? "" : message;
  }

  private static @Nullable ErrorCode rowNamed(@Nullable String name) {
    for (ErrorCode code : ErrorCode.values()) {
      if (code.name().equals(name)) {
        return code;
      }
    }
    return null;
  }

  private static StatusRuntimeException build(ErrorCode code, String message) {
    boolean isFixed = code.text().startsWith(ETCD_PREFIX) || message.isEmpty();
    Metadata trailers = new Metadata();
    trailers.put(ERROR_NAME, code.name());
    if (isFixed && EtcdTexts.areOf(code, message)) {
      return Status.fromCode(code.grpcCode()).withDescription(message).asRuntimeException(trailers);
    }
    if (isFixed && !message.isEmpty()) {
      trailers.put(MESSAGE, message.getBytes(UTF_8));
    }
    return Status.fromCode(code.grpcCode())
        .withDescription(isFixed ? code.text() : message)
        .asRuntimeException(trailers);
  }
}
