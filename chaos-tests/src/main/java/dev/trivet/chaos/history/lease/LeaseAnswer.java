package dev.trivet.chaos.history.lease;

import java.time.Duration;

/** What is answered about a lease. */
public sealed interface LeaseAnswer {
  /**
   * It was granted or renewed.
   *
   * @param timeToLive how long it lasts from then on
   */
  record Alive(Duration timeToLive) implements LeaseAnswer {}

  /** It is not there: it expired, or was revoked. */
  record Ended() implements LeaseAnswer {}

  /** The key is put. */
  record Attached() implements LeaseAnswer {}

  /** The key is there. */
  record There() implements LeaseAnswer {}

  /** The key is not there. */
  record Gone() implements LeaseAnswer {}
}
