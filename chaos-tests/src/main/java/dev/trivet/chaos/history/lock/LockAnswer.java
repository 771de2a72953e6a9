package dev.trivet.chaos.history.lock;

/** What a lock answers. */
public sealed interface LockAnswer {
  /**
   * The client has the lock.
   *
   * @param token higher than those of all holders before
   */
  record Held(long token) implements LockAnswer {}

  /**
   * The guard let the write pass.
   *
   * @param revision it made; 0 if the answer does not tell
   */
  record Written(long revision) implements LockAnswer {}

  /** The lock is free again, or another's. */
  record Released() implements LockAnswer {}
}
