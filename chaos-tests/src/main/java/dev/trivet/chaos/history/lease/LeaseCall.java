package dev.trivet.chaos.history.lease;

/** What is asked of one lease, or of a key that is attached to it. */
public sealed interface LeaseCall {
  /** Its id. */
  long lease();

  /** Answered with {@link LeaseAnswer.Alive}. */
  record Grant(long lease) implements LeaseCall {}

  /** Answered with {@link LeaseAnswer.Alive} or {@link LeaseAnswer.Ended}. */
  record Renew(long lease) implements LeaseCall {}

  /**
   * Puts a key that lives as long as the lease; answered with {@link LeaseAnswer.Attached} or
   * {@link LeaseAnswer.Ended}. No key is attached to two leases, and none is deleted.
   */
  record Attach(long lease, String key) implements LeaseCall {}

  /**
   * Reads the attached key, not from a node that may be behind; answered with {@link
   * LeaseAnswer.There} or {@link LeaseAnswer.Gone}.
   */
  record Look(long lease, String key) implements LeaseCall {}

  /** Answered with {@link LeaseAnswer.Ended}. */
  record Revoke(long lease) implements LeaseCall {}
}
