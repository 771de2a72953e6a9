package dev.trivet.state;

import dev.trivet.proto.log.Outcome;
import dev.trivet.state.entry.Change;
import dev.trivet.store.LogPosition;
import java.util.List;

/**
 * What an applied entry did.
 *
 * @param outcomes one for each command, in order
 * @param changes what other floors must hear of, in order
 */
public record Applied(LogPosition position, List<Outcome> outcomes, List<Change> changes) {
  public Applied {
    outcomes = List.copyOf(outcomes);
    changes = List.copyOf(changes);
  }
}
