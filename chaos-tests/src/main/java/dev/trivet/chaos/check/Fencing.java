package dev.trivet.chaos.check;

import dev.trivet.chaos.history.Operation;
import dev.trivet.chaos.history.Result;
import dev.trivet.chaos.history.lock.LockAnswer;
import dev.trivet.chaos.history.lock.LockCall;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Whether each lock had one holder at a time, as far as its guarded writes tell.
 *
 * <p>A client that believes to hold a lock proves nothing; a write that the guard let pass does. So
 * such a write must not begin after a newer token was given out or used, and along the revisions of
 * the writes the tokens never fall.
 */
public final class Fencing {
  private static final String RISING = "a later holder of a lock has a higher token";
  private static final String FENCED = "a write of an older holder is refused after a newer one";

  /** Something that shows that a token was valid at a time within the operation. */
  private record Proof(
      long token, boolean isWrite, long revision, Operation<LockCall, LockAnswer> operation) {}

  private Fencing() {}

  /** Judges all locks of a history. */
  public static Judgement check(List<Operation<LockCall, LockAnswer>> operations) {
    Findings findings = new Findings("fencing");
    Map<String, List<Proof>> byLock = new TreeMap<>();
    for (Operation<LockCall, LockAnswer> operation : operations) {
      if (operation.result() instanceof Result.Answered<LockAnswer>(LockAnswer answer)) {
        List<Proof> proofs =
            byLock.computeIfAbsent(operation.call().lock(), _ -> new ArrayList<>());
        if (answer instanceof LockAnswer.Held(long token)) {
          proofs.add(new Proof(token, false, 0, operation));
        } else if (answer instanceof LockAnswer.Written(long revision)
            && operation.call() instanceof LockCall.GuardedWrite(String _, long token)) {
          proofs.add(new Proof(token, true, revision, operation));
        }
      }
    }
    byLock.values().forEach(proofs -> check(proofs, findings));
    long proofs = byLock.values().stream().mapToLong(List::size).sum();
    return findings.judgement(proofs + " holds and guarded writes of " + byLock.size() + " locks");
  }

  private static void check(List<Proof> proofs, Findings findings) {
    checkRealTime(proofs, findings);
    checkRevisions(proofs, findings);
    Map<Long, Proof> holds = new HashMap<>();
    for (Proof proof : proofs) {
      if (!proof.isWrite()) {
        Proof other = holds.putIfAbsent(proof.token(), proof);
        if (other != null) {
          report(RISING, other, proof, findings);
        }
      }
    }
  }

  private static void checkRealTime(List<Proof> proofs, Findings findings) {
    List<Proof> byEnd = new ArrayList<>(proofs);
    byEnd.sort(Comparator.comparingLong(proof -> proof.operation().endNanos()));
    List<Proof> byBegin = new ArrayList<>(proofs);
    byBegin.sort(Comparator.comparingLong(proof -> proof.operation().beginNanos()));
    int ended = 0;
    Proof newest = null;
    for (Proof proof : byBegin) {
      while (byEnd.get(ended).operation().endNanos() < proof.operation().beginNanos()) {
        Proof earlier = byEnd.get(ended++);
        if (newest == null || earlier.token() > newest.token()) {
          newest = earlier;
        }
      }
      if (newest != null && proof.token() < newest.token()) {
        report(proof.isWrite() ? FENCED : RISING, newest, proof, findings);
      }
    }
  }

  private static void checkRevisions(List<Proof> proofs, Findings findings) {
    List<Proof> writes = new ArrayList<>(proofs);
    writes.removeIf(proof -> proof.revision() == 0);
    writes.sort(Comparator.comparingLong(Proof::revision));
    for (int i = 1; i < writes.size(); i++) {
      if (writes.get(i).token() < writes.get(i - 1).token()) {
        report(FENCED, writes.get(i - 1), writes.get(i), findings);
      }
    }
  }

  private static void report(String promise, Proof earlier, Proof later, Findings findings) {
    findings.add(
        promise,
        "%s has token %d after token %d in %s"
            .formatted(
                Words.of(later.operation()),
                later.token(),
                earlier.token(),
                Words.of(earlier.operation())),
        earlier.operation(),
        later.operation());
  }
}
