package dev.trivet.chaos.check;

import static dev.trivet.chaos.check.Calls.answered;
import static dev.trivet.chaos.check.Calls.refused;
import static dev.trivet.chaos.check.Calls.unknown;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trivet.chaos.history.Operation;
import dev.trivet.chaos.history.Result;
import dev.trivet.chaos.history.register.RegisterAnswer;
import dev.trivet.chaos.history.register.RegisterAnswer.Absent;
import dev.trivet.chaos.history.register.RegisterAnswer.Deleted;
import dev.trivet.chaos.history.register.RegisterAnswer.Done;
import dev.trivet.chaos.history.register.RegisterAnswer.Swapped;
import dev.trivet.chaos.history.register.RegisterAnswer.Value;
import dev.trivet.chaos.history.register.RegisterCall;
import dev.trivet.chaos.history.register.RegisterCall.CompareAndSet;
import dev.trivet.chaos.history.register.RegisterCall.Create;
import dev.trivet.chaos.history.register.RegisterCall.Delete;
import dev.trivet.chaos.history.register.RegisterCall.Get;
import dev.trivet.chaos.history.register.RegisterCall.Put;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class LinearizabilityTest {
  private static final RegisterModel MODEL = new RegisterModel();

  @Test
  void everyOrderThatIsTriedByHandAgreesWithTheCheck() {
    int broken = 0;
    for (int seed = 0; seed < 20_000; seed++) {
      List<Operation<RegisterCall, RegisterAnswer>> history = tiny(new Random(seed));

      boolean isLinearizable = BruteForce.isLinearizable(MODEL, history);
      Judgement judgement = Linearizability.check(MODEL, history);

      assertThat(judgement.isKept()).as("seed %d: %s", seed, history).isEqualTo(isLinearizable);
      broken += isLinearizable ? 0 : 1;
    }
    assertThat(broken).isBetween(4_000, 16_000);
  }

  @Test
  void aLongHistoryOfARightStoreIsKept() {
    for (int seed = 0; seed < 8; seed++) {
      SimulatedRun run = new SimulatedRun(10, 200, 0.03);
      boolean hasUniqueValues = seed % 2 == 0;
      var history = SimulatedRegisters.history(run, 5, hasUniqueValues, new Random(seed));

      Judgement judgement = Linearizability.check(MODEL, history);

      assertThat(judgement.outcome()).as("seed %d: %s", seed, judgement).isEqualTo(Outcome.KEPT);
    }
  }

  @Test
  void twentyThousandCallsWithHundredsOfUnknownOnesAreJudged() {
    SimulatedRun run = new SimulatedRun(10, 2_000, 0.03);
    var history = SimulatedRegisters.history(run, 20, true, new Random(7));

    assertThat(Linearizability.check(MODEL, history).outcome()).isEqualTo(Outcome.KEPT);
    assertThat(Linearizability.check(MODEL, withOneStaleRead(history)).outcome())
        .isEqualTo(Outcome.BROKEN);
  }

  @Test
  void oneStaleReadAmongThousandsOfCallsIsFound() {
    for (int seed = 0; seed < 20; seed++) {
      SimulatedRun run = new SimulatedRun(5, 300, 0.02);
      var history = SimulatedRegisters.history(run, 3, true, new Random(seed));

      Judgement judgement = Linearizability.check(MODEL, withOneStaleRead(history));

      assertThat(judgement.outcome()).as("seed %d", seed).isEqualTo(Outcome.BROKEN);
    }
  }

  @Test
  void anAcknowledgedPutThatIsNotReadLaterIsBroken() {
    List<Operation<RegisterCall, RegisterAnswer>> history =
        List.of(
            answered(1, 0, 10, new Put("k", "a"), new Done(2)),
            answered(2, 20, 30, new Get("k"), new Absent(2)));

    Judgement judgement = Linearizability.check(MODEL, history);

    assertThat(judgement.outcome()).isEqualTo(Outcome.BROKEN);
    assertThat(judgement.findings().getFirst().what()).contains("Get[key=k]", "leave 'a'");
    assertThat(judgement.findings().getFirst().operations()).isEqualTo(history);
  }

  @Test
  void anUnknownPutMayHappenLongAfterItsClientGaveUp() {
    List<Operation<RegisterCall, RegisterAnswer>> history =
        List.of(
            unknown(1, 0, 10, new Put("k", "a")),
            answered(1, 20, 30, new Get("k"), new Absent(1)),
            answered(1, 40, 50, new Get("k"), new Value("a", 2, 2)));

    assertThat(Linearizability.check(MODEL, history).isKept()).isTrue();
  }

  @Test
  void anUnknownPutHappensOnceAtMost() {
    List<Operation<RegisterCall, RegisterAnswer>> history =
        List.of(
            unknown(1, 0, 10, new Put("k", "a")),
            answered(1, 20, 30, new Get("k"), new Value("a", 2, 2)),
            answered(1, 40, 50, new Delete("k"), new Deleted(true, 3)),
            answered(1, 60, 70, new Get("k"), new Value("a", 4, 4)));

    assertThat(Linearizability.check(MODEL, history).outcome()).isEqualTo(Outcome.BROKEN);
  }

  @Test
  void anUnknownPutDoesNotHappenBeforeItBegins() {
    List<Operation<RegisterCall, RegisterAnswer>> history =
        List.of(
            answered(1, 0, 10, new Get("k"), new Value("a", 2, 2)),
            unknown(2, 20, 30, new Put("k", "a")));

    assertThat(Linearizability.check(MODEL, history).outcome()).isEqualTo(Outcome.BROKEN);
  }

  @Test
  void whatWasRefusedIsNotRead() {
    List<Operation<RegisterCall, RegisterAnswer>> history =
        List.of(
            refused(1, 0, 10, new Put("k", "a")),
            answered(1, 20, 30, new Get("k"), new Value("a", 2, 2)));

    assertThat(Linearizability.check(MODEL, history).outcome()).isEqualTo(Outcome.BROKEN);
  }

  @Test
  void twoClientsDoNotBothCreateAKeyNorSwapOneValue() {
    List<Operation<RegisterCall, RegisterAnswer>> creates =
        List.of(
            answered(1, 0, 10, new Create("k", "a"), new Swapped(true, 2)),
            answered(2, 0, 10, new Create("k", "b"), new Swapped(true, 3)));
    List<Operation<RegisterCall, RegisterAnswer>> swaps =
        List.of(
            answered(1, 0, 10, new Put("k", "a"), new Done(2)),
            answered(1, 20, 30, new CompareAndSet("k", "a", "b"), new Swapped(true, 3)),
            answered(2, 20, 30, new CompareAndSet("k", "a", "c"), new Swapped(true, 4)));

    assertThat(Linearizability.check(MODEL, creates).outcome()).isEqualTo(Outcome.BROKEN);
    assertThat(Linearizability.check(MODEL, swaps).outcome()).isEqualTo(Outcome.BROKEN);
  }

  @Test
  void aHistoryThatIsTooHardIsUndecidedAndNotKept() {
    List<Operation<RegisterCall, RegisterAnswer>> history = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      history.add(answered(i, 0, 10, new Put("k", "v" + i), new Done(i)));
    }

    Judgement judgement = Linearizability.check(MODEL, history, 1_000);

    assertThat(judgement.outcome()).isEqualTo(Outcome.UNDECIDED);
    assertThat(judgement.isKept()).isFalse();
    assertThat(judgement.note()).contains("k: more than 1000 placements");
  }

  /** Two to six calls of one key, whose answers are made up: about half are wrong. */
  private static List<Operation<RegisterCall, RegisterAnswer>> tiny(Random random) {
    SimulatedRun run = new SimulatedRun(1 + random.nextInt(3), 2, 0.25);
    List<Operation<RegisterCall, RegisterAnswer>> history =
        new ArrayList<>(SimulatedRegisters.history(run, 1, false, random));
    int changed = random.nextInt(history.size());
    history.set(changed, withOtherAnswer(history.get(changed), random));
    return history;
  }

  private static Operation<RegisterCall, RegisterAnswer> withOtherAnswer(
      Operation<RegisterCall, RegisterAnswer> operation, Random random) {
    if (!(operation.result() instanceof Result.Answered<RegisterAnswer>)) {
      return operation;
    }
    RegisterAnswer answer =
        switch (operation.call()) {
          case Get _ -> random.nextBoolean() ? new Absent(1) : new Value("v1", 1, 1);
          case Put _ -> new Done(1);
          case Create _, CompareAndSet _ -> new Swapped(random.nextBoolean(), 1);
          case Delete _ -> new Deleted(random.nextBoolean(), 1);
        };
    return answered(
        operation.client(), operation.beginNanos(), operation.endNanos(), operation.call(), answer);
  }

  /** A read late in the history gets a value that an acknowledged put has replaced long before. */
  private static List<Operation<RegisterCall, RegisterAnswer>> withOneStaleRead(
      List<Operation<RegisterCall, RegisterAnswer>> history) {
    List<Operation<RegisterCall, RegisterAnswer>> changed = new ArrayList<>(history);
    var read =
        history.stream()
            .filter(
                operation ->
                    operation.result() instanceof Result.Answered<RegisterAnswer>(var answer)
                        && answer instanceof Value)
            .skip(history.size() / 6)
            .findFirst()
            .orElseThrow();
    var firstPuts =
        history.stream()
            .filter(operation -> operation.call().key().equals(read.call().key()))
            .filter(operation -> operation.call() instanceof Put)
            .filter(operation -> operation.result() instanceof Result.Answered<RegisterAnswer>)
            .sorted(Comparator.comparingLong(Operation::endNanos))
            .toList();
    Put stale = (Put) firstPuts.getFirst().call();
    changed.set(
        changed.indexOf(read),
        answered(
            read.client(),
            read.beginNanos(),
            read.endNanos(),
            read.call(),
            new Value(stale.value(), 2, 2)));
    return changed;
  }
}
