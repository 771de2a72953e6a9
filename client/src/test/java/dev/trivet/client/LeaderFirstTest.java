package dev.trivet.client;

import static dev.trivet.client.Texts.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class LeaderFirstTest {
  private static final int MANY = 20;

  private SmallNode first;
  private SmallNode second;
  private TrivetClient client;

  @BeforeEach
  void start() throws IOException {
    first = SmallNode.start();
    second = SmallNode.start();
    client = TrivetClient.connect(List.of(first.endpoint(), second.endpoint()));
  }

  @AfterEach
  void stop() {
    client.close();
    first.close();
    second.close();
  }

  @Test
  void callsGoToTheLeaderOnceItIsKnown() {
    first.says("b=" + second.endpoint());
    second.says("b=" + second.endpoint());
    await().until(this::bothAnsweredOrLeaderKnown);
    int before = first.calls();

    call(MANY);

    assertThat(first.calls()).isEqualTo(before);
  }

  @Test
  void withoutALeaderAllEndpointsTakeCalls() {
    await()
        .untilAsserted(
            () -> {
              call(2);
              assertThat(first.calls()).isPositive();
              assertThat(second.calls()).isPositive();
            });
  }

  @Test
  void readsGoOnWhenTheLeaderDies() {
    first.says("a=" + first.endpoint());
    second.says("a=" + first.endpoint());
    await().until(() -> callsReach(first));

    first.close();
    second.says("b=" + second.endpoint());
    call(MANY);

    assertThat(second.calls()).isGreaterThanOrEqualTo(MANY);
  }

  @Test
  void aWriteRefusedByAFollowerIsRepeatedAtTheLeader() {
    first.refuses(ErrorCode.NOT_LEADER, "b=" + second.endpoint());
    second.says("b=" + second.endpoint());

    client.keys().put(bytes("k"), bytes("v"));

    assertThat(second.writes()).isEqualTo(1);
  }

  @Test
  void aWriteWhoseAnswerWasLostIsNotRepeated() {
    first.losesAnswers();
    second.losesAnswers();

    assertThatThrownBy(() -> client.keys().put(bytes("k"), bytes("v")))
        .isInstanceOf(TrivetException.class)
        .extracting(error -> ((TrivetException) error).code())
        .isEqualTo(ErrorCode.OUTCOME_UNKNOWN);
    assertThat(first.writes() + second.writes()).isEqualTo(1);
  }

  private boolean bothAnsweredOrLeaderKnown() {
    return callsReach(second);
  }

  private boolean callsReach(SmallNode node) {
    int before = node.calls();
    call(3);
    return node.calls() == before + 3;
  }

  private void call(int times) {
    for (int i = 0; i < times; i++) {
      client.keys().get(bytes("k"));
    }
  }
}
