package dev.trivet.chaos.check;

import dev.trivet.chaos.history.Operation;
import dev.trivet.chaos.history.Result;
import dev.trivet.chaos.history.lease.LeaseAnswer;
import dev.trivet.chaos.history.lease.LeaseCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Whether leases ended neither early nor never.
 *
 * <p>A renewal that began at {@code t} and was acknowledged happened at {@code t} or later, so the
 * lease cannot expire before {@code t + ttl}, whichever of the read and the renewal came first: one
 * that was renewed had not expired. All times are on the observer's monotonic clock.
 */
public final class LeaseTimes {
  private static final String NOT_EARLY = "a lease does not expire before its time";
  private static final String NOT_NEVER = "a lease that nobody renews expires";
  private static final String NOT_AGAIN = "what went with its lease does not come back";
  private static final String REVOKED = "what belongs to a revoked lease is gone";

  private LeaseTimes() {}

  /**
   * Judges all leases of a history.
   *
   * @param faultsEndNanos when the last fault was undone, on the clock of the operations
   * @param allowance how late an expiry may be, counted from its time or from the end of faults,
   *     whichever is later. A renewal whose result is unknown is taken to have happened when its
   *     client gave up; one that the system makes even later has to fit into the allowance too
   */
  public static Judgement check(
      List<Operation<LeaseCall, LeaseAnswer>> operations, long faultsEndNanos, Duration allowance) {
    Findings findings = new Findings("times of leases");
    Map<Long, List<Operation<LeaseCall, LeaseAnswer>>> byLease = new TreeMap<>();
    for (Operation<LeaseCall, LeaseAnswer> operation : operations) {
      if (!(operation.result() instanceof Result.Refused<LeaseAnswer>)) {
        byLease.computeIfAbsent(operation.call().lease(), _ -> new ArrayList<>()).add(operation);
      }
    }
    byLease.values().forEach(own -> new OneLease(own, faultsEndNanos, allowance, findings).check());
    return findings.judgement(byLease.size() + " leases, " + operations.size() + " calls");
  }

  /** The calls about one lease. */
  private record OneLease(
      List<Operation<LeaseCall, LeaseAnswer>> calls,
      long faultsEndNanos,
      Duration allowance,
      Findings findings) {

    void check() {
      for (Operation<LeaseCall, LeaseAnswer> call : calls) {
        if (call.result() instanceof Result.Answered<LeaseAnswer>(LeaseAnswer answer)) {
          switch (answer) {
            case LeaseAnswer.Gone _ -> checkGone(call);
            case LeaseAnswer.There _ -> checkThere(call);
            case LeaseAnswer.Ended _ -> checkEnded(call);
            case LeaseAnswer.Alive _, LeaseAnswer.Attached _ -> {}
          }
        }
      }
    }

    private void checkGone(Operation<LeaseCall, LeaseAnswer> look) {
      if (call(look) instanceof LeaseCall.Look(long _, String key)
          && calls.stream()
              .anyMatch(
                  other ->
                      call(other) instanceof LeaseCall.Attach(long _, String attached)
                          && attached.equals(key)
                          && answer(other, LeaseAnswer.Attached.class)
                          && other.endNanos() < look.beginNanos())) {
        checkNotEarly(look, "'" + key + "' is gone");
      }
    }

    private void checkEnded(Operation<LeaseCall, LeaseAnswer> call) {
      if (!(call(call) instanceof LeaseCall.Revoke)) {
        checkNotEarly(call, "the lease is not there");
      }
    }

    private void checkNotEarly(Operation<LeaseCall, LeaseAnswer> call, String what) {
      for (Operation<LeaseCall, LeaseAnswer> other : calls) {
        // One that nobody answered may still have revoked it.
        if (call(other) instanceof LeaseCall.Revoke && other.beginNanos() <= call.endNanos()) {
          return;
        }
      }
      for (Operation<LeaseCall, LeaseAnswer> other : calls) {
        if (other.result() instanceof Result.Answered<LeaseAnswer>(LeaseAnswer answer)
            && answer instanceof LeaseAnswer.Alive(Duration ttl)
            && (call(other) instanceof LeaseCall.Renew || other.endNanos() < call.beginNanos())
            && call.endNanos() < other.beginNanos() + ttl.toNanos()) {
          findings.add(
              NOT_EARLY,
              "%s %s after a renewal for %s had begun"
                  .formatted(what, Duration.ofNanos(call.endNanos() - other.beginNanos()), ttl),
              other,
              call);
          return;
        }
      }
    }

    private void checkThere(Operation<LeaseCall, LeaseAnswer> look) {
      long latest = Math.max(faultsEndNanos, lastExpiryNanos()) + allowance.toNanos();
      if (look.beginNanos() > latest) {
        findings.add(
            NOT_NEVER,
            "the key is there %s after the lease had to expire"
                .formatted(Duration.ofNanos(look.beginNanos() - latest).plus(allowance)),
            look);
      }
      for (Operation<LeaseCall, LeaseAnswer> other : calls) {
        if (other.endNanos() >= look.beginNanos()) {
          continue;
        }
        if (call(other) instanceof LeaseCall.Revoke && answer(other, LeaseAnswer.Ended.class)) {
          findings.add(REVOKED, "the key is there", other, look);
        }
        if (answer(other, LeaseAnswer.Gone.class)
            && call(other).equals(call(look))
            && wasAttachedBefore(other)) {
          findings.add(NOT_AGAIN, "the key was gone, and is there", other, look);
        }
      }
    }

    private boolean wasAttachedBefore(Operation<LeaseCall, LeaseAnswer> look) {
      return calls.stream()
          .anyMatch(
              other ->
                  answer(other, LeaseAnswer.Attached.class)
                      && other.endNanos() < look.beginNanos());
    }

    /** The end of the longest time to live that any renewal can have given. */
    private long lastExpiryNanos() {
      Duration longest = Duration.ZERO;
      long lastEnd = Long.MIN_VALUE;
      for (Operation<LeaseCall, LeaseAnswer> other : calls) {
        boolean isRenewal =
            call(other) instanceof LeaseCall.Renew || call(other) instanceof LeaseCall.Grant;
        if (isRenewal && !answer(other, LeaseAnswer.Ended.class)) {
          lastEnd = Math.max(lastEnd, other.endNanos());
        }
        if (other.result() instanceof Result.Answered<LeaseAnswer>(LeaseAnswer answer)
            && answer instanceof LeaseAnswer.Alive(Duration ttl)
            && ttl.compareTo(longest) > 0) {
          longest = ttl;
        }
      }
      return lastEnd == Long.MIN_VALUE ? Long.MIN_VALUE : lastEnd + longest.toNanos();
    }

    private static LeaseCall call(Operation<LeaseCall, LeaseAnswer> operation) {
      return operation.call();
    }

    private static boolean answer(
        Operation<LeaseCall, LeaseAnswer> operation, Class<? extends LeaseAnswer> kind) {
      return operation.result() instanceof Result.Answered<LeaseAnswer>(LeaseAnswer answer)
          && kind.isInstance(answer);
    }
  }
}
