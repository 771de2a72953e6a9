package dev.trivet.chaos.history.set;

/** What is asked of a set that only grows. */
public sealed interface SetCall {
  /**
   * No element is added twice, not even after a refusal. Where the content counts, of a blob or a
   * file, the element is its name with its digest. Answered with {@link SetAnswer.Added}.
   */
  record Add(String element) implements SetCall {}

  /** Answered with {@link SetAnswer.Elements}. */
  record ReadAll() implements SetCall {}
}
