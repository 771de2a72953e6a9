package dev.trivet.chaos.history.watch;

/** What happens to one key. */
public sealed interface Change {
  /** Of which key. */
  String key();

  /** It has this value from now on. */
  record Put(String key, String value) implements Change {}

  /** It is gone. */
  record Delete(String key) implements Change {}
}
