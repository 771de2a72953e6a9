package dev.trivet.replicate;

import dev.trivet.state.Applied;

/**
 * Hears of every entry after it is committed to the store, in order, on the apply thread: must not
 * block.
 */
public interface AppliedListener {
  void onApplied(Applied applied);

  /**
   * The whole state was replaced by a snapshot from another node: what was remembered of the old
   * one is void.
   */
  void onRestored();
}
