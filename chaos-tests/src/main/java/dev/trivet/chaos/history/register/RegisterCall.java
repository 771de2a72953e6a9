package dev.trivet.chaos.history.register;

/** What is asked of one key. */
public sealed interface RegisterCall {
  /** Whom it is asked of. */
  String key();

  /** Answered with {@link RegisterAnswer.Value} or {@link RegisterAnswer.Absent}. */
  record Get(String key) implements RegisterCall {}

  /** Answered with {@link RegisterAnswer.Done}. */
  record Put(String key, String value) implements RegisterCall {}

  /** Puts the value if the key is absent; answered with {@link RegisterAnswer.Swapped}. */
  record Create(String key, String value) implements RegisterCall {}

  /**
   * Puts the value if the key has the expected one, and not if it is absent; answered with {@link
   * RegisterAnswer.Swapped}.
   */
  record CompareAndSet(String key, String expected, String value) implements RegisterCall {}

  /** Answered with {@link RegisterAnswer.Deleted}. */
  record Delete(String key) implements RegisterCall {}
}
