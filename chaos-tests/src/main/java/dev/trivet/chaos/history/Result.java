package dev.trivet.chaos.history;

/**
 * How a call ended.
 *
 * @param <R> what the system answers
 */
public sealed interface Result<R> {
  /** It happened, some time between its begin and its end, and this was the answer. */
  record Answered<R>(R answer) implements Result<R> {}

  /** It did not happen and never will. */
  record Refused<R>(String reason) implements Result<R> {}

  /** It happened once, at any time since its begin, or will yet, or never. */
  record Unknown<R>(String reason) implements Result<R> {}
}
