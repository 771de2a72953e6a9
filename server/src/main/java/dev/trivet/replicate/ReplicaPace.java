package dev.trivet.replicate;

import java.time.Duration;

/**
 * How often a replica does what it does by itself; tests are in more of a hurry.
 *
 * @param snapshotEveryEntries a snapshot costs a flush of all tables; the log between two is
 *     replayed after a crash
 * @param logSegmentBytes the log is purged up to a snapshot by whole segments of this size
 * @param watchEvery how often it looks whether it still may go on
 */
record ReplicaPace(long snapshotEveryEntries, int logSegmentBytes, Duration watchEvery) {
  /** Tests of real processes have two of them otherwise, by system properties. */
  static final ReplicaPace DEFAULT =
      new ReplicaPace(
          Integer.getInteger("trivet.snapshot-every-entries", 5_000),
          Integer.getInteger("trivet.log-segment-bytes", 16 << 20),
          Duration.ofSeconds(3));
}
