package dev.trivet.api.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.EtcdTexts;
import dev.trivet.proto.log.Refusal;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class StatusesTest {
  @ParameterizedTest
  @EnumSource(ErrorCode.class)
  void everyRowBecomesItsStatusItsTextAndItsName(ErrorCode code) {
    StatusRuntimeException thrown = Statuses.of(code.exception());
    StatusRuntimeException refused =
        Statuses.ofRefusal(Refusal.newBuilder().setCode(code.name()).build());

    assertThat(thrown.getStatus().getCode())
        .isEqualTo(code.grpcCode())
        .isNotEqualTo(Status.Code.OK);
    assertThat(thrown.getStatus().getDescription()).isEqualTo(code.text());
    assertThat(nameIn(thrown)).isEqualTo(code.name());
    assertThat(refused.getStatus().getCode()).isEqualTo(code.grpcCode());
    assertThat(refused.getStatus().getDescription()).isEqualTo(code.text());
    assertThat(nameIn(refused)).isEqualTo(code.name());
  }

  @ParameterizedTest
  @EnumSource(ErrorCode.class)
  void everyRowSurvivesTheWayOverAnotherNode(ErrorCode code) {
    StatusRuntimeException first = Statuses.of(code.exception("seen 5, allowed 4"));

    StatusRuntimeException second = Statuses.of(new CompletionException(first));

    assertThat(second.getStatus().getCode()).isEqualTo(code.grpcCode());
    assertThat(second.getStatus().getDescription()).isEqualTo(first.getStatus().getDescription());
    assertThat(nameIn(second)).isEqualTo(code.name());
  }

  @ParameterizedTest
  @EnumSource(ErrorCode.class)
  void aMessageIsKeptUnlessEtcdsClientsCompareTheText(ErrorCode code) {
    String description =
        Statuses.of(code.exception("seen 5, allowed 4")).getStatus().getDescription();

    assertThat(description)
        .isEqualTo(code.text().startsWith("etcdserver: ") ? code.text() : "seen 5, allowed 4");
  }

  @Test
  void anotherTextOfEtcdsIsKeptAndItsRowIsNamed() {
    StatusRuntimeException changed =
        Statuses.of(ErrorCode.NO_LEADER.exception(EtcdTexts.LEADER_CHANGED));
    StatusRuntimeException timedOut =
        Statuses.of(ErrorCode.OUTCOME_UNKNOWN.exception(EtcdTexts.TIMED_OUT_WITH_LEADER));

    assertThat(changed.getStatus().getDescription()).isEqualTo("etcdserver: leader changed");
    assertThat(nameIn(changed)).isEqualTo("NO_LEADER");
    assertThat(timedOut.getStatus().getDescription())
        .isEqualTo("etcdserver: request timed out, possibly due to previous leader failure");
    assertThat(nameIn(timedOut)).isEqualTo("OUTCOME_UNKNOWN");
    assertThat(Statuses.of(timedOut).getStatus().getDescription())
        .as("over another node")
        .isEqualTo(timedOut.getStatus().getDescription());
  }

  @Test
  void aFuturesWrappersAreTakenOff() {
    Throwable wrapped =
        new CompletionException(new ExecutionException(ErrorCode.NO_LEADER.exception()));

    assertThat(nameIn(Statuses.of(wrapped))).isEqualTo("NO_LEADER");
  }

  @Test
  void whatHasNoRowIsInternalAndTellsNothingOfItself() {
    StatusRuntimeException status = Statuses.of(new IllegalStateException("secret"));

    assertThat(status.getStatus().getCode()).isEqualTo(Status.Code.INTERNAL);
    assertThat(status.getStatus().getDescription()).isEqualTo("internal error");
    assertThat(nameIn(status)).isEqualTo("INTERNAL");
  }

  @Test
  void aRefusalThatNamesNoRowIsInternal() {
    StatusRuntimeException status =
        Statuses.ofRefusal(Refusal.newBuilder().setCode("NO_SUCH_ROW").setMessage("x").build());

    assertThat(nameIn(status)).isEqualTo("INTERNAL");
    assertThat(status.getStatus().getDescription()).isEqualTo("internal error");
  }

  @Test
  void aStatusWithoutARowsNameIsInternal() {
    assertThat(nameIn(Statuses.of(Status.UNAVAILABLE.asRuntimeException()))).isEqualTo("INTERNAL");
  }

  private static @Nullable String nameIn(StatusRuntimeException status) {
    Metadata trailers = status.getTrailers();
    return trailers == null ? null : trailers.get(Statuses.ERROR_NAME);
  }
}
