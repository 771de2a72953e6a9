package dev.trivet.chaos.history.register;

/** What a register answers. */
public sealed interface RegisterAnswer {
  /**
   * The store's revision when the answer was made: of a call that changed something the revision it
   * made; 0 if the answer does not tell.
   */
  long revision();

  /**
   * The key is there.
   *
   * @param modRevision of the change that put the value; 0 if the answer does not tell
   */
  record Value(String value, long modRevision, long revision) implements RegisterAnswer {}

  /** The key is not there. */
  record Absent(long revision) implements RegisterAnswer {}

  /** The put is done. */
  record Done(long revision) implements RegisterAnswer {}

  /**
   * The comparison was made.
   *
   * @param swapped whether it held, and so the value was put
   */
  record Swapped(boolean swapped, long revision) implements RegisterAnswer {}

  /**
   * The key is gone.
   *
   * @param wasThere whether there was something to delete
   */
  record Deleted(boolean wasThere, long revision) implements RegisterAnswer {}
}
