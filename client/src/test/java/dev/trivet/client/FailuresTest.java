package dev.trivet.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trivet.errors.ErrorCode;
import io.grpc.Metadata;
import io.grpc.Status;
import java.nio.channels.ClosedChannelException;
import org.junit.jupiter.api.Test;

final class FailuresTest {
  @Test
  void aTrailerNamesTheErrorWhateverTheStatus() {
    Metadata trailers = new Metadata();
    trailers.put(Failures.ERROR, "NO_LEADER");

    var error = Failures.of(Status.UNAVAILABLE.asRuntimeException(trailers), true);

    assertThat(error.code()).isEqualTo(ErrorCode.NO_LEADER);
  }

  @Test
  void whatANodeHasToSayIsReadFromItsTrailer() {
    Metadata trailers = new Metadata();
    trailers.put(Failures.ERROR, "NO_LEADER");
    trailers.put(Failures.MESSAGE, "waits for n1 – näher".getBytes(UTF_8));

    var error = Failures.of(Status.UNAVAILABLE.asRuntimeException(trailers), true);

    assertThat(error).hasMessage("waits for n1 – näher");
  }

  @Test
  void aWriteThatLostItsConnectionHasAnUnknownOutcome() {
    var error = Failures.of(Status.UNAVAILABLE.asRuntimeException(), true);

    assertThat(error.code()).isEqualTo(ErrorCode.OUTCOME_UNKNOWN);
  }

  @Test
  void aCallThatNeverLeftIsUnreachable() {
    var error = Failures.of(Status.UNAVAILABLE.asRuntimeException(), false);

    assertThat(error.code()).isEqualTo(ErrorCode.UNREACHABLE);
  }

  @Test
  void aConnectionThatEndsAsTheCallBeginsIsLostAndNotABug() {
    Status closed = Status.UNKNOWN.withCause(new ClosedChannelException());

    assertThat(Failures.of(closed.asRuntimeException(), false).code())
        .isEqualTo(ErrorCode.UNREACHABLE);
    assertThat(Failures.of(closed.asRuntimeException(), true).code())
        .isEqualTo(ErrorCode.OUTCOME_UNKNOWN);
    assertThat(Failures.of(Status.UNKNOWN.asRuntimeException(), false).code())
        .isEqualTo(ErrorCode.INTERNAL);
  }
}
