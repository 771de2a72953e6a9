package dev.trivet.chaos.history.list;

/** One step of a transaction. */
public sealed interface Step {
  /** Which list it is about. */
  String list();

  /**
   * Adds an element.
   *
   * @param element to be added at the end; no element is appended twice to a list, not even after a
   *     refusal
   */
  record Append(String list, long element) implements Step {}

  /** Reads the whole list; an absent one is empty. */
  record Read(String list) implements Step {}
}
