package dev.trivet.chaos.check;

import static dev.trivet.chaos.check.Calls.answered;
import static dev.trivet.chaos.check.Calls.unknown;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trivet.chaos.history.Operation;
import dev.trivet.chaos.history.lease.LeaseAnswer;
import dev.trivet.chaos.history.lease.LeaseAnswer.Alive;
import dev.trivet.chaos.history.lease.LeaseAnswer.Attached;
import dev.trivet.chaos.history.lease.LeaseAnswer.Ended;
import dev.trivet.chaos.history.lease.LeaseAnswer.Gone;
import dev.trivet.chaos.history.lease.LeaseAnswer.There;
import dev.trivet.chaos.history.lease.LeaseCall;
import dev.trivet.chaos.history.lease.LeaseCall.Attach;
import dev.trivet.chaos.history.lease.LeaseCall.Grant;
import dev.trivet.chaos.history.lease.LeaseCall.Look;
import dev.trivet.chaos.history.lease.LeaseCall.Renew;
import dev.trivet.chaos.history.lease.LeaseCall.Revoke;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A lease of 1,000 ns that is granted from 0 to 10 and renewed from 500 to 510. */
final class LeaseTimesTest {
  private static final Alive ALIVE = new Alive(Duration.ofNanos(1_000));

  @Test
  void aKeyThatIsThereUntilItsTimeAndGoneAfterwardsIsKept() {
    assertThat(
            check(
                    answered(2, 1_480, 1_499, look(), new There()),
                    answered(2, 1_490, 1_500, look(), new Gone()),
                    answered(2, 1_600, 1_700, look(), new Gone()))
                .isKept())
        .isTrue();
  }

  @Test
  void aKeyThatIsGoneBeforeItsTimeIsBroken() {
    assertBroken(
        "a lease does not expire before its time", answered(2, 1_480, 1_499, look(), new Gone()));
  }

  @Test
  void aLeaseThatIsNotFoundBeforeItsTimeIsBroken() {
    assertBroken(
        "a lease does not expire before its time",
        answered(2, 1_480, 1_499, new Renew(1), new Ended()));
  }

  @Test
  void aLeaseMayEndOnceItsRevocationHasBegunEvenIfNobodyKnowsItsResult() {
    assertThat(
            check(unknown(1, 600, 610, new Revoke(1)), answered(2, 605, 700, look(), new Gone()))
                .isKept())
        .isTrue();
  }

  @Test
  void aRevokedKeyIsGone() {
    assertBroken(
        "what belongs to a revoked lease is gone",
        answered(1, 600, 610, new Revoke(1), new Ended()),
        answered(2, 620, 700, look(), new There()));
  }

  @Test
  void aKeyIsGoneWithinTheAllowanceAfterItsTimeAndTheEndOfFaults() {
    assertThat(check(answered(2, 3_100, 3_200, look(), new There())).isKept()).isTrue();
    assertBroken(
        "a lease that nobody renews expires", answered(2, 3_101, 3_200, look(), new There()));
  }

  @Test
  void aKeyThatWasGoneDoesNotComeBack() {
    assertBroken(
        "what went with its lease does not come back",
        answered(2, 1_600, 1_700, look(), new Gone()),
        answered(2, 1_800, 1_900, look(), new There()));
  }

  private static Look look() {
    return new Look(1, "k");
  }

  @SafeVarargs
  private static void assertBroken(
      String promise, Operation<LeaseCall, LeaseAnswer>... operations) {
    assertThat(check(operations).findings()).extracting(Finding::promise).containsExactly(promise);
  }

  @SafeVarargs
  private static Judgement check(Operation<LeaseCall, LeaseAnswer>... more) {
    List<Operation<LeaseCall, LeaseAnswer>> operations = new ArrayList<>();
    operations.add(answered(1, 0, 10, new Grant(1), ALIVE));
    operations.add(answered(1, 20, 30, new Attach(1, "k"), new Attached()));
    operations.add(answered(1, 500, 510, new Renew(1), ALIVE));
    operations.addAll(List.of(more));
    return LeaseTimes.check(operations, 2_900, Duration.ofNanos(200));
  }
}
