package dev.trivet.chaos.history.lock;

/** What is asked of one lock, or of what it guards. */
public sealed interface LockCall {
  /** Which lock. */
  String lock();

  /** Waits for the lock; answered with {@link LockAnswer.Held}. */
  record Acquire(String lock) implements LockCall {}

  /**
   * Writes, on condition that the lock is held with this token, in one transaction; answered with
   * {@link LockAnswer.Written}. One that the condition keeps from writing is refused.
   */
  record GuardedWrite(String lock, long token) implements LockCall {}

  /** Answered with {@link LockAnswer.Released}. */
  record Release(String lock, long token) implements LockCall {}
}
