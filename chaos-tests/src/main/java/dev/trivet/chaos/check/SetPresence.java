package dev.trivet.chaos.check;

import dev.trivet.chaos.history.Operation;
import dev.trivet.chaos.history.Result;
import dev.trivet.chaos.history.set.SetAnswer;
import dev.trivet.chaos.history.set.SetCall;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Whether each read of a set that only grows has what was acknowledged before it, and nothing that
 * was not added, or was added again.
 */
public final class SetPresence {
  private static final String LASTING = "what was acknowledged is there";
  private static final String REFUSED = "what was refused is not there";
  private static final String KNOWN = "nothing is there that nobody wrote";
  private static final String ONCE = "nothing is there twice";
  private static final String APPLIED_ONCE = "a write is applied once, however often it is sent";

  private SetPresence() {}

  /** Judges all reads of a history. */
  public static Judgement check(List<Operation<SetCall, SetAnswer>> operations) {
    Findings findings = new Findings("presence");
    Map<String, Operation<SetCall, SetAnswer>> adds = new HashMap<>();
    List<Operation<SetCall, SetAnswer>> acknowledged = new ArrayList<>();
    for (Operation<SetCall, SetAnswer> operation : operations) {
      if (operation.call() instanceof SetCall.Add(String element)) {
        adds.put(element, operation);
        if (operation.result() instanceof Result.Answered<SetAnswer>) {
          acknowledged.add(operation);
        }
      }
    }
    acknowledged.sort(Comparator.comparingLong(Operation::endNanos));
    int reads = 0;
    for (Operation<SetCall, SetAnswer> operation : operations) {
      if (operation.result() instanceof Result.Answered<SetAnswer>(SetAnswer answer)
          && answer instanceof SetAnswer.Elements(List<String> elements, List<String> rewritten)) {
        reads++;
        checkRewritten(operation, rewritten, adds, findings);
        Set<String> there = checkElements(operation, elements, adds, findings);
        checkLasting(operation, there, acknowledged, findings);
      }
    }
    return findings.judgement(
        "%d reads, %d acknowledged of %d elements"
            .formatted(reads, acknowledged.size(), adds.size()));
  }

  /** Whoever adds an element asks for it once; only its client may have sent that again. */
  private static void checkRewritten(
      Operation<SetCall, SetAnswer> read,
      List<String> rewritten,
      Map<String, Operation<SetCall, SetAnswer>> adds,
      Findings findings) {
    for (String element : rewritten) {
      Operation<SetCall, SetAnswer> add = adds.get(element);
      findings.add(
          APPLIED_ONCE,
          "'" + element + "' was written more than once",
          add == null ? List.of(read) : List.of(add, read));
    }
  }

  private static Set<String> checkElements(
      Operation<SetCall, SetAnswer> read,
      List<String> elements,
      Map<String, Operation<SetCall, SetAnswer>> adds,
      Findings findings) {
    Set<String> there = new HashSet<>();
    for (String element : elements) {
      Operation<SetCall, SetAnswer> add = adds.get(element);
      if (!there.add(element)) {
        findings.add(ONCE, "'" + element + "' was read twice", read);
      } else if (add == null || add.beginNanos() > read.endNanos()) {
        findings.add(KNOWN, "'" + element + "' was read before anybody added it", read);
      } else if (add.result() instanceof Result.Refused<SetAnswer>) {
        findings.add(REFUSED, "'" + element + "' is there", add, read);
      }
    }
    return there;
  }

  private static void checkLasting(
      Operation<SetCall, SetAnswer> read,
      Set<String> there,
      List<Operation<SetCall, SetAnswer>> acknowledged,
      Findings findings) {
    for (Operation<SetCall, SetAnswer> add : acknowledged) {
      if (add.endNanos() >= read.beginNanos()) {
        return;
      }
      if (add.call() instanceof SetCall.Add(String element) && !there.contains(element)) {
        findings.add(LASTING, "'" + element + "' is not there", add, read);
      }
    }
  }
}
