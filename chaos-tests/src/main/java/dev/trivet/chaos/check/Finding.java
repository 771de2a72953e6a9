package dev.trivet.chaos.check;

import dev.trivet.chaos.history.Operation;
import java.util.List;

/**
 * One promise broken once.
 *
 * @param promise that was broken, in a few words; the same for all findings of its kind
 * @param what was seen, and what was to be seen instead
 * @param operations that show it, by their begins; none if no call is involved
 */
public record Finding(String promise, String what, List<Operation<?, ?>> operations) {
  /** Copies the operations. */
  public Finding {
    operations = List.copyOf(operations);
  }
}
