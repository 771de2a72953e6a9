package dev.trivet.chaos.check;

import static dev.trivet.chaos.check.Calls.answered;
import static dev.trivet.chaos.check.Calls.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trivet.chaos.history.Operation;
import dev.trivet.chaos.history.lock.LockAnswer;
import dev.trivet.chaos.history.lock.LockAnswer.Held;
import dev.trivet.chaos.history.lock.LockAnswer.Released;
import dev.trivet.chaos.history.lock.LockAnswer.Written;
import dev.trivet.chaos.history.lock.LockCall;
import dev.trivet.chaos.history.lock.LockCall.Acquire;
import dev.trivet.chaos.history.lock.LockCall.GuardedWrite;
import dev.trivet.chaos.history.lock.LockCall.Release;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FencingTest {
  @Test
  void holdersOneAfterTheOtherAreKeptAlsoIfTheOlderOneIsRefusedLater() {
    assertThat(
            check(
                    answered(1, 0, 10, new Acquire("l"), new Held(1)),
                    answered(1, 20, 30, new GuardedWrite("l", 1), new Written(5)),
                    answered(2, 0, 50, new Acquire("l"), new Held(2)),
                    refused(1, 60, 70, new GuardedWrite("l", 1)),
                    answered(2, 60, 70, new GuardedWrite("l", 2), new Written(6)),
                    answered(2, 80, 90, new Release("l", 2), new Released()),
                    answered(1, 0, 10, new Acquire("other"), new Held(1)))
                .isKept())
        .isTrue();
  }

  @Test
  void aLaterHolderHasAHigherToken() {
    assertBroken(
        "a later holder of a lock has a higher token",
        answered(1, 0, 10, new Acquire("l"), new Held(2)),
        answered(2, 20, 30, new Acquire("l"), new Held(1)));
  }

  @Test
  void twoHoldersDoNotShareAToken() {
    assertBroken(
        "a later holder of a lock has a higher token",
        answered(1, 0, 30, new Acquire("l"), new Held(2)),
        answered(2, 0, 30, new Acquire("l"), new Held(2)));
  }

  @Test
  void aWriteOfAnOlderHolderIsRefusedOnceANewerOneHoldsTheLock() {
    assertBroken(
        "a write of an older holder is refused after a newer one",
        answered(1, 0, 10, new Acquire("l"), new Held(1)),
        answered(2, 20, 30, new Acquire("l"), new Held(2)),
        answered(1, 40, 50, new GuardedWrite("l", 1), new Written(0)));
  }

  @Test
  void writesThatOverlapInTimeAreOrderedByTheirRevisions() {
    assertBroken(
        "a write of an older holder is refused after a newer one",
        answered(1, 0, 90, new GuardedWrite("l", 1), new Written(8)),
        answered(2, 0, 90, new GuardedWrite("l", 2), new Written(7)));
  }

  @SafeVarargs
  private static void assertBroken(String promise, Operation<LockCall, LockAnswer>... operations) {
    assertThat(check(operations).findings()).extracting(Finding::promise).containsExactly(promise);
  }

  @SafeVarargs
  @SuppressWarnings("varargs") // only read
  private static Judgement check(Operation<LockCall, LockAnswer>... operations) {
    return Fencing.check(List.of(operations));
  }
}
