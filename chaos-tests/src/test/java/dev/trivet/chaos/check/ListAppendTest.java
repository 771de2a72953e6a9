package dev.trivet.chaos.check;

import static dev.trivet.chaos.check.Calls.answered;
import static dev.trivet.chaos.check.Calls.refused;
import static dev.trivet.chaos.check.Calls.unknown;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trivet.chaos.history.Operation;
import dev.trivet.chaos.history.Result;
import dev.trivet.chaos.history.list.Step;
import dev.trivet.chaos.history.list.Transaction;
import dev.trivet.chaos.history.list.TransactionAnswer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class ListAppendTest {
  @Test
  void transactionsOfARightStoreAreKept() {
    for (int seed = 0; seed < 50; seed++) {
      Judgement judgement = ListAppend.check(history(seed));

      assertThat(judgement.isKept()).as("seed %d: %s", seed, judgement).isTrue();
    }
  }

  @Test
  void aReadThatLosesItsLastElementIsFoundIfThatWasAcknowledgedBefore() {
    for (int seed = 0; seed < 10; seed++) {
      Judgement judgement = ListAppend.check(withAStaleRead(history(seed)));

      assertThat(judgement.isKept()).as("seed %d", seed).isFalse();
    }
  }

  @Test
  void anAcknowledgedAppendThatNoLaterReadHasIsLost() {
    assertBroken(
        "what was acknowledged is there",
        answered(1, 0, 10, append("a", 1), none()),
        answered(2, 20, 30, read("a"), found(List.of())));
  }

  @Test
  void anAppendHappensOnce() {
    assertBroken(
        "an append happens once",
        answered(1, 0, 10, append("a", 1), none()),
        answered(2, 20, 30, read("a"), found(List.of(1L, 1L))));
  }

  @Test
  void whatWasRefusedIsNotSeen() {
    assertBroken(
        "nobody sees what was refused",
        refused(1, 0, 10, append("a", 1)),
        answered(2, 20, 30, read("a"), found(List.of(1L))));
  }

  @Test
  void whatNobodyAppendedIsNotSeen() {
    assertBroken(
        "nothing is there that nobody wrote", answered(2, 20, 30, read("a"), found(List.of(1L))));
  }

  @Test
  void anUnknownAppendMayBeSeenOrNot() {
    assertKept(
        unknown(1, 0, 10, append("a", 1)),
        answered(2, 20, 30, read("a"), found(List.of())),
        answered(2, 40, 50, read("a"), found(List.of(1L))));
  }

  @Test
  void readsOfAListAgreeOnItsOrder() {
    assertBroken(
        "all reads of a list agree on its order",
        answered(1, 0, 100, append("a", 1), none()),
        answered(2, 0, 100, append("a", 2), none()),
        answered(3, 0, 100, read("a"), found(List.of(1L, 2L))),
        answered(4, 0, 100, read("a"), found(List.of(2L))));
  }

  @Test
  void noReadEndsBetweenTheAppendsOfOneTransaction() {
    assertBroken(
        "a transaction is seen whole or not at all",
        answered(1, 0, 100, transaction(new Step.Append("a", 1), new Step.Append("a", 2)), none()),
        answered(2, 0, 100, read("a"), found(List.of(1L))));
  }

  @Test
  void aTransactionSeesItsOwnAppends() {
    assertBroken(
        "a transaction is seen whole or not at all",
        answered(
            1, 0, 100, transaction(new Step.Append("a", 1), new Step.Read("a")), found(List.of())));
  }

  @Test
  void listsThatTwoTransactionsAppendedToInOppositeOrdersAreG0() {
    assertBroken(
        "G0: ",
        answered(1, 0, 100, transaction(new Step.Append("a", 1), new Step.Append("b", 1)), none()),
        answered(2, 0, 100, transaction(new Step.Append("a", 2), new Step.Append("b", 2)), none()),
        answered(3, 0, 100, read("a"), found(List.of(1L, 2L))),
        answered(4, 0, 100, read("b"), found(List.of(2L, 1L))));
  }

  @Test
  void twoTransactionsThatSawEachOtherAreG1c() {
    assertBroken(
        "G1c: ",
        answered(
            1,
            0,
            100,
            transaction(new Step.Append("a", 1), new Step.Read("b")),
            found(List.of(1L))),
        answered(
            2,
            0,
            100,
            transaction(new Step.Append("b", 1), new Step.Read("a")),
            found(List.of(1L))));
  }

  @Test
  void aReadOfTwoListsThatSawHalfATransactionIsGSingle() {
    assertBroken(
        "G-single: ",
        answered(1, 0, 100, transaction(new Step.Append("a", 1), new Step.Append("b", 1)), none()),
        answered(
            2,
            0,
            100,
            transaction(new Step.Read("a"), new Step.Read("b")),
            found(List.of(1L), List.of())),
        answered(3, 0, 100, read("b"), found(List.of(1L))));
  }

  @Test
  void twoTransactionsThatDidNotSeeEachOtherAreG2() {
    assertBroken(
        "G2: ",
        answered(
            1, 0, 100, transaction(new Step.Read("a"), new Step.Append("b", 1)), found(List.of())),
        answered(
            2, 0, 100, transaction(new Step.Read("b"), new Step.Append("a", 1)), found(List.of())));
  }

  @Test
  void aStaleReadOfWhatEndedBeforeIsACycleWithRealTimeAndIsToldInWords() {
    Judgement judgement =
        assertBroken(
            "G-single with real time: ",
            answered(1, 0, 10, append("a", 1), none()),
            answered(2, 20, 30, read("a"), found(List.of())),
            answered(3, 15, 60, read("a"), found(List.of(1L))));

    assertThat(judgement.findings().getFirst().what())
        .contains("which ended before the begin of", "which did not see 1 in a of");
    assertThat(judgement.findings().getFirst().operations()).hasSize(2);
  }

  private static List<Operation<Transaction, TransactionAnswer>> history(int seed) {
    Map<String, List<Long>> lists = new HashMap<>();
    AtomicLong lastElement = new AtomicLong();
    return new SimulatedRun(6, 150, 0.05)
        .run(
            new Random(seed),
            random -> {
              List<Step> steps = new ArrayList<>();
              for (int i = 0; i <= random.nextInt(4); i++) {
                String list = "l" + random.nextInt(4);
                steps.add(
                    random.nextBoolean()
                        ? new Step.Read(list)
                        : new Step.Append(list, lastElement.incrementAndGet()));
              }
              return new Transaction(steps);
            },
            transaction -> {
              List<List<Long>> reads = new ArrayList<>();
              for (Step step : transaction.steps()) {
                List<Long> list = lists.computeIfAbsent(step.list(), _ -> new ArrayList<>());
                switch (step) {
                  case Step.Append(String _, long element) -> list.add(element);
                  case Step.Read _ -> reads.add(List.copyOf(list));
                }
              }
              return new TransactionAnswer(reads, 0);
            });
  }

  /** A lone read that began after all it saw was acknowledged forgets half of it. */
  private static List<Operation<Transaction, TransactionAnswer>> withAStaleRead(
      List<Operation<Transaction, TransactionAnswer>> history) {
    List<Operation<Transaction, TransactionAnswer>> changed = new ArrayList<>(history);
    for (int at = history.size() / 2; at < history.size(); at++) {
      var operation = history.get(at);
      if (operation.call().steps().size() == 1
          && operation.call().steps().getFirst() instanceof Step.Read
          && operation.result() instanceof Result.Answered<TransactionAnswer>(var answer)) {
        List<Long> read = answer.reads().getFirst();
        changed.set(
            at,
            answered(
                operation.client(),
                operation.beginNanos(),
                operation.endNanos(),
                operation.call(),
                found(read.subList(0, read.size() / 2))));
        return changed;
      }
    }
    throw new IllegalStateException("no read");
  }

  @SafeVarargs
  @SuppressWarnings("varargs") // only read
  private static Judgement assertBroken(
      String words, Operation<Transaction, TransactionAnswer>... operations) {
    Judgement judgement = ListAppend.check(List.of(operations));
    assertThat(judgement.findings())
        .as("%s", judgement)
        .anyMatch(finding -> finding.promise().equals(words) || finding.what().startsWith(words));
    return judgement;
  }

  @SafeVarargs
  @SuppressWarnings("varargs") // only read
  private static void assertKept(Operation<Transaction, TransactionAnswer>... operations) {
    Judgement judgement = ListAppend.check(List.of(operations));
    assertThat(judgement.isKept()).as("%s", judgement).isTrue();
  }

  private static Transaction transaction(Step... steps) {
    return new Transaction(List.of(steps));
  }

  private static Transaction append(String list, long element) {
    return transaction(new Step.Append(list, element));
  }

  private static Transaction read(String list) {
    return transaction(new Step.Read(list));
  }

  private static TransactionAnswer none() {
    return new TransactionAnswer(List.of(), 0);
  }

  @SafeVarargs
  @SuppressWarnings("varargs") // only read
  private static TransactionAnswer found(List<Long>... reads) {
    return new TransactionAnswer(List.of(reads), 0);
  }
}
