package dev.trivet.peer;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** How a {@link TrivetException} travels between nodes: status and the metadata trivet-error. */
public final class PeerErrors {
  private static final Metadata.Key<String> ERROR =
      Metadata.Key.of("trivet-error", Metadata.ASCII_STRING_MARSHALLER);

  private PeerErrors() {}

  public static StatusRuntimeException toStatus(Throwable failure) {
    TrivetException known = known(failure);
    return status(known).asRuntimeException(trailers(known));
  }

  /** What the other node threw; null when the call failed on its way. */
  public static @Nullable TrivetException thrownThere(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    Metadata trailers = cause == null ? null : Status.trailersFromThrowable(cause);
    String name = trailers == null ? null : trailers.get(ERROR);
    if (name == null || cause == null) {
      return null;
    }
    String text = Status.fromThrowable(cause).getDescription();
    return text == null ? named(name, "") : named(name, text);
  }

  /**
   * An error that another node named.
   *
   * @param name of the row of the error table
   * @param text empty: the row's
   */
  public static TrivetException named(String name, String text) {
    try {
      ErrorCode code = ErrorCode.valueOf(name);
      return code.exception(text.isEmpty() ? code.text() : text);
    } catch (IllegalArgumentException _) {
      // A later version's error, of which only the text means something here.
      return ErrorCode.INTERNAL.exception(name + ": " + text);
    }
  }

  static Status status(TrivetException failure) {
    return failure.code().grpcCode().toStatus().withDescription(failure.getMessage());
  }

  static Metadata trailers(TrivetException failure) {
    Metadata trailers = new Metadata();
    trailers.put(ERROR, failure.code().name());
    return trailers;
  }

  /** The failure with a row of the error table; INTERNAL for one that has none. */
  public static TrivetException known(Throwable failure) {
    Throwable cause = failure;
    if (failure instanceof CompletionException && failure.getCause() != null) {
      cause = failure.getCause();
    }
    return cause instanceof TrivetException known
        ? known
        : ErrorCode.INTERNAL.exception(String.valueOf(cause), cause);
  }
}
