package dev.trivet.chaos.check;

import static dev.trivet.chaos.check.Calls.answered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import dev.trivet.chaos.history.Operation;
import dev.trivet.chaos.history.register.RegisterAnswer;
import dev.trivet.chaos.history.register.RegisterAnswer.Absent;
import dev.trivet.chaos.history.register.RegisterAnswer.Done;
import dev.trivet.chaos.history.register.RegisterAnswer.Value;
import dev.trivet.chaos.history.register.RegisterCall;
import dev.trivet.chaos.history.register.RegisterCall.Get;
import dev.trivet.chaos.history.register.RegisterCall.Put;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class RevisionOrderTest {
  @Test
  void theRevisionsOfARightStoreAreKept() {
    for (int seed = 0; seed < 50; seed++) {
      SimulatedRun run = new SimulatedRun(6, 200, 0.05);
      var history = SimulatedRegisters.history(run, 4, seed % 2 == 0, new Random(seed));

      Judgement judgement = RevisionOrder.check(RevisionOrder.ofRegisters(history));

      assertThat(judgement.isKept()).as("seed %d: %s", seed, judgement).isTrue();
    }
  }

  @Test
  void anAnswerFromThePastIsFoundThoughItsKeyNeverChanged() {
    Judgement judgement =
        check(
            answered(1, 0, 10, new Put("a", "1"), new Done(7)),
            answered(2, 20, 30, new Get("b"), new Absent(6)));

    assertThat(judgement.findings())
        .singleElement()
        .extracting(Finding::promise, STRING)
        .contains("or a later one");
  }

  @Test
  void aWriteThatBeginsAfterAnAnswerHasAHigherRevisionThanIt() {
    Judgement judgement =
        check(
            answered(1, 0, 10, new Get("b"), new Absent(7)),
            answered(2, 20, 30, new Put("a", "1"), new Done(7)));

    assertThat(judgement.findings())
        .singleElement()
        .extracting(Finding::promise, STRING)
        .contains("or a later one");
  }

  @Test
  void callsThatOverlapMaySeeRevisionsInAnyOrder() {
    Judgement judgement =
        check(
            answered(1, 0, 10, new Put("a", "1"), new Done(7)),
            answered(2, 10, 30, new Get("b"), new Absent(6)));

    assertThat(judgement.isKept()).isTrue();
  }

  @Test
  void twoWritesDoNotShareARevision() {
    Judgement judgement =
        check(
            answered(1, 0, 10, new Put("a", "1"), new Done(7)),
            answered(2, 0, 10, new Put("b", "1"), new Done(7)));

    assertThat(judgement.findings())
        .singleElement()
        .extracting(Finding::promise, STRING)
        .contains("a revision is one change");
  }

  @Test
  void aValueIsNotNewerThanTheStoreItWasReadFrom() {
    Judgement judgement = check(answered(1, 0, 10, new Get("a"), new Value("1", 8, 7)));

    assertThat(judgement.findings())
        .singleElement()
        .extracting(Finding::promise, STRING)
        .contains("not newer");
  }

  @Test
  void aRevisionOfAKeyHasOneValue() {
    Judgement judgement =
        check(
            answered(1, 0, 10, new Put("a", "1"), new Done(7)),
            answered(2, 20, 30, new Get("a"), new Value("2", 7, 7)));

    assertThat(judgement.findings())
        .singleElement()
        .extracting(Finding::promise, STRING)
        .contains("one value");
  }

  @SafeVarargs
  @SuppressWarnings("varargs") // only read
  private static Judgement check(Operation<RegisterCall, RegisterAnswer>... operations) {
    return RevisionOrder.check(RevisionOrder.ofRegisters(List.of(operations)));
  }
}
