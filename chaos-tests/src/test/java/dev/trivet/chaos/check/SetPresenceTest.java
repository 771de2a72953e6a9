package dev.trivet.chaos.check;

import static dev.trivet.chaos.check.Calls.answered;
import static dev.trivet.chaos.check.Calls.refused;
import static dev.trivet.chaos.check.Calls.unknown;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trivet.chaos.history.Operation;
import dev.trivet.chaos.history.set.SetAnswer;
import dev.trivet.chaos.history.set.SetAnswer.Added;
import dev.trivet.chaos.history.set.SetAnswer.Elements;
import dev.trivet.chaos.history.set.SetCall;
import dev.trivet.chaos.history.set.SetCall.Add;
import dev.trivet.chaos.history.set.SetCall.ReadAll;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class SetPresenceTest {
  private static final Operation<SetCall, SetAnswer> ADDED =
      answered(1, 0, 10, new Add("a"), new Added());

  @Test
  void aRightSetIsKept() {
    for (int seed = 0; seed < 50; seed++) {
      TreeSet<String> set = new TreeSet<>();
      AtomicInteger last = new AtomicInteger();
      List<Operation<SetCall, SetAnswer>> history =
          new SimulatedRun(5, 40, 0.2)
              .run(
                  new Random(seed),
                  random ->
                      random.nextInt(4) == 0
                          ? new ReadAll()
                          : new Add("e" + last.incrementAndGet()),
                  call ->
                      switch (call) {
                        case Add(String element) -> {
                          set.add(element);
                          yield new Added();
                        }
                        case ReadAll _ -> new Elements(List.copyOf(set));
                      });

      Judgement judgement = SetPresence.check(history);

      assertThat(judgement.isKept()).as("seed %d: %s", seed, judgement).isTrue();
    }
  }

  @Test
  void anAcknowledgedElementThatIsNotThereIsBroken() {
    assertBroken("what was acknowledged is there", answered(2, 20, 30, new ReadAll(), found()));
  }

  @Test
  void aReadThatOverlapsTheAddMayMissIt() {
    assertThat(check(answered(2, 10, 30, new ReadAll(), found())).isKept()).isTrue();
  }

  @Test
  void aRefusedElementThatIsThereIsBroken() {
    assertBroken(
        "what was refused is not there",
        refused(1, 0, 10, new Add("b")),
        answered(2, 20, 30, new ReadAll(), found("a", "b")));
  }

  @Test
  void anUnknownElementMayBeThere() {
    assertThat(
            check(
                    unknown(1, 0, 10, new Add("b")),
                    answered(2, 20, 30, new ReadAll(), found("a", "b")))
                .isKept())
        .isTrue();
  }

  @Test
  void anElementThatNobodyAddedBeforeIsBroken() {
    assertBroken(
        "nothing is there that nobody wrote", answered(2, 20, 30, new ReadAll(), found("a", "z")));
    assertBroken(
        "nothing is there that nobody wrote",
        answered(2, 20, 30, new ReadAll(), found("a", "b")),
        unknown(1, 40, 50, new Add("b")));
  }

  @Test
  void anElementThatIsThereTwiceIsBroken() {
    assertBroken("nothing is there twice", answered(2, 20, 30, new ReadAll(), found("a", "a")));
  }

  @Test
  void anElementThatWasWrittenTwiceIsBroken() {
    assertBroken(
        "a write is applied once, however often it is sent",
        answered(2, 20, 30, new ReadAll(), new Elements(List.of("a"), List.of("a"))));
  }

  private static Elements found(String... elements) {
    return new Elements(List.of(elements));
  }

  @SafeVarargs
  private static void assertBroken(String promise, Operation<SetCall, SetAnswer>... more) {
    assertThat(check(more).findings()).extracting(Finding::promise).containsExactly(promise);
  }

  @SafeVarargs
  @SuppressWarnings("varargs") // only read
  private static Judgement check(Operation<SetCall, SetAnswer>... more) {
    return SetPresence.check(Stream.concat(Stream.of(ADDED), Stream.of(more)).toList());
  }
}
