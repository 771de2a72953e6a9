package dev.trivet.replicate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class SharedRoundTest {
  private final List<CompletableFuture<Integer>> questions = new ArrayList<>();
  private final SharedRound<Integer> round =
      new SharedRound<>(
          () -> {
            CompletableFuture<Integer> question = new CompletableFuture<>();
            questions.add(question);
            return question;
          });

  @Test
  void whoAsksWhileAQuestionIsUnderWayGetsTheAnswerToTheNextOne() {
    CompletableFuture<Integer> first = round.join();
    CompletableFuture<Integer> second = round.join();
    CompletableFuture<Integer> third = round.join();

    questions.getFirst().complete(1);

    assertThat(first).isCompletedWithValue(1);
    assertThat(second).isNotDone();
    assertThat(questions).hasSize(2);

    questions.getLast().complete(2);

    assertThat(second).isCompletedWithValue(2);
    assertThat(third).isCompletedWithValue(2);
  }

  @Test
  void aQuestionThatCannotBePutFailsItsCallersAndNobodyElse() {
    var broken =
        new SharedRound<Integer>(
            () -> {
              throw new IllegalStateException("no configuration yet");
            });

    assertThat(broken.join()).isCompletedExceptionally();
    assertThat(broken.join()).isCompletedExceptionally();
  }

  @Test
  void afterAFailureTheNextRoundIsAsked() {
    CompletableFuture<Integer> first = round.join();
    CompletableFuture<Integer> second = round.join();

    questions.getFirst().completeExceptionally(new IllegalStateException("silent"));

    assertThat(first).isCompletedExceptionally();
    assertThat(second).isNotDone();

    questions.getLast().complete(2);
    assertThat(second).isCompletedWithValue(2);
    assertThat(round.join()).isNotDone();
    assertThat(questions).hasSize(3);
  }
}
