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
    try {
      ErrorCode code = ErrorCode.valueOf(name);
      return code.exception(text == null ? code.text() : text, cause);
    } catch (IllegalArgumentException _) {
      // A later version's error, of which only the text means something here.
      return ErrorCode.INTERNAL.exception(name + ": " + text, cause);
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

  private static TrivetException known(Throwable failure) {
    Throwable cause = failure;
    if (failure instanceof CompletionException && failure.getCause() != null) {
      cause = failure.getCause();
    }
    return cause instanceof TrivetException known
        ? known
        : ErrorCode.INTERNAL.exception(String.valueOf(cause), cause);
  }
}
