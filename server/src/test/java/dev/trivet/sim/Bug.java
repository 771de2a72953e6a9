package dev.trivet.sim;

import java.util.List;

/** Mistakes that a simulation can be given on purpose: how its invariants are seen red. */
enum Bug {
  NONE(Promise.NODE_GOES_ON),
  /** A read is served from what the node has applied, without a barrier. */
  READ_WITHOUT_BARRIER(Promise.FRESH_READ, Promise.HISTORY_IS_KEPT),
  /** A leader takes for committed what is on its own disk. */
  COMMIT_ALONE(Promise.COMMITTED_PREFIX, Promise.ACKNOWLEDGED_IS_DURABLE),
  /** Entries and votes are answered for before they are synced. */
  ANSWER_BEFORE_SYNC(Promise.COMMITTED_PREFIX, Promise.ACKNOWLEDGED_IS_DURABLE),
  /** A node stamps what it applies with its own clock. */
  APPLY_BY_OWN_CLOCK(Promise.SAME_STATE),
  /** A write that is sent again is numbered as another client's. */
  RETRY_AS_ANOTHER(Promise.APPLIED_ONCE),
  /** A message of a watch's stream that is lost does not end the stream. */
  LOST_EVENT_GOES_UNNOTICED(Promise.WATCH_WHOLE),
  /** A watch that goes on elsewhere begins with the revision that it saw last. */
  RESUME_TOO_EARLY(Promise.WATCH_WHOLE),
  /** A watch that is told of a compaction goes on behind the revision that can still be read. */
  RESUME_BEHIND_COMPACTION(Promise.WATCH_WHOLE),
  /** A compaction takes one revision more than it was asked for. */
  COMPACTION_OF_ONE_MORE(Promise.HISTORY_IS_KEPT, Promise.ANSWER_IS_TRUE, Promise.WATCH_WHOLE),
  /** Leases are counted by a clock that can be set. */
  LEASES_BY_WALL_CLOCK(Promise.LEASE_LASTS),
  /** A renewal is answered without a proof that the node still leads. */
  RENEWAL_WITHOUT_PROOF(Promise.LEASE_LASTS),
  /** A snapshot's last batch is torn: some tables have it, others do not. */
  TORN_SNAPSHOT(Promise.SAME_STATE),
  /** A manifest is committed when one disk has its extent. */
  ONE_COPY_OF_EXTENTS(Promise.EXTENTS_DURABLE),
  /** A holder's writes do not ask whether it still holds the lock. */
  UNGUARDED_WRITE(Promise.FENCED);

  @SuppressWarnings("ImmutableEnumChecker") // An unmodifiable list.
  private final List<Promise> breaks;

  Bug(Promise... breaks) {
    this.breaks = List.of(breaks);
  }

  /** What it may break first. */
  List<Promise> breaks() {
    return breaks;
  }
}
