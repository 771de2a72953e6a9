package dev.trivet.client;

import static dev.trivet.client.Texts.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.log.RequestId;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class NumberedWritesTest {
  private SmallNode node;
  private TrivetClient client;

  @BeforeEach
  void start() throws IOException {
    node = SmallNode.start();
    client =
        TrivetClient.builder(List.of(node.endpoint())).deadline(Duration.ofSeconds(60)).connect();
  }

  @AfterEach
  void stop() {
    client.close();
    node.close();
  }

  @Test
  void aWriteWhoseAnswerIsLostIsSentAgainWithItsNumber() throws InvalidProtocolBufferException {
    node.promisesAndLoses(2);

    var _ = client.keys().put(bytes("k"), bytes("v"));

    assertThat(node.writes()).isEqualTo(3);
    List<RequestId> numbers = numbers();
    assertThat(numbers).extracting(RequestId::getSequence).containsOnly(1L);
    assertThat(numbers)
        .extracting(RequestId::getClient)
        .containsOnly(numbers.getFirst().getClient());
  }

  @Test
  void whereNodesDoNotPromiseToApplyItOnceAWriteIsSentOnce() {
    node.losesAnswers();

    assertThatThrownBy(() -> client.keys().put(bytes("k"), bytes("v")))
        .isInstanceOfSatisfying(
            TrivetException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OUTCOME_UNKNOWN));

    assertThat(node.writes()).isEqualTo(1);
  }

  @Test
  void whatMayHaveBeenAppliedNeverEndsAsNotApplied() {
    node.promisesAndLoses(1);
    node.refusesAfterLosing(ErrorCode.NO_LEADER, Integer.MAX_VALUE);

    try (TrivetClient hasty =
        TrivetClient.builder(List.of(node.endpoint())).deadline(Duration.ofSeconds(8)).connect()) {
      assertThatThrownBy(() -> hasty.keys().put(bytes("k"), bytes("v")))
          .isInstanceOfSatisfying(
              TrivetException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.OUTCOME_UNKNOWN));
    }
  }

  @Test
  void aForgottenClientGoesOnAsAnotherOne() throws InvalidProtocolBufferException {
    node.promisesAndLoses(0);
    var _ = client.keys().put(bytes("k"), bytes("v"));
    node.refusesAfterLosing(ErrorCode.REQUEST_FORGOTTEN, 1);

    var _ = client.keys().put(bytes("k"), bytes("v"));

    List<RequestId> numbers = numbers();
    assertThat(numbers).extracting(RequestId::getIsClientKnown).containsExactly(false, true, false);
    assertThat(numbers.get(2).getClient()).isNotEqualTo(numbers.get(1).getClient());
  }

  @Test
  void aRepetitionThatIsForgottenMayHaveBeenApplied() {
    node.promisesAndLoses(1);
    node.refusesAfterLosing(ErrorCode.REQUEST_FORGOTTEN, 1);

    assertThatThrownBy(() -> client.keys().put(bytes("k"), bytes("v")))
        .isInstanceOfSatisfying(
            TrivetException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OUTCOME_UNKNOWN));
  }

  @Test
  void atMostOneRequestIsUnderWayOnALane() throws InvalidProtocolBufferException {
    node.promisesAndLoses(0);
    List<CompletableFuture<?>> writes = new ArrayList<>();

    for (int i = 0; i < 50; i++) {
      writes.add(client.keys().async().put(bytes("k"), bytes("v")));
    }
    writes.forEach(Waiting::on);

    assertThat(
            numbers().stream()
                .map(number -> number.getLane() + "/" + number.getSequence())
                .distinct())
        .hasSize(50);
  }

  private List<RequestId> numbers() throws InvalidProtocolBufferException {
    List<RequestId> ids = new ArrayList<>();
    for (byte[] number : node.numbers()) {
      ids.add(RequestId.parseFrom(number));
    }
    return ids;
  }
}
