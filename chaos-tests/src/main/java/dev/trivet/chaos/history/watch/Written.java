package dev.trivet.chaos.history.watch;

import java.util.List;

/**
 * What a write answers.
 *
 * @param revision it made, if it changed something
 * @param made the changes that changed something: all but deletes of keys that were not there
 */
public record Written(long revision, List<Change> made) {
  /** Copies the changes. */
  public Written {
    made = List.copyOf(made);
  }
}
