package dev.trivet.chaos.history.watch;

import java.util.List;

/**
 * What is asked: all changes at once, in one revision, or none.
 *
 * @param changes of different keys
 */
public record Write(List<Change> changes) {
  /** Copies the changes. */
  public Write {
    changes = List.copyOf(changes);
  }
}
