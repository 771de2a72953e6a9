package dev.trivet.lessor;

import dev.trivet.errors.ErrorCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * When each lease ends, as the leader of one term counts it: about 100 bytes for each lease, on the
 * leader alone. Times are {@link LeaseClock}'s milliseconds.
 *
 * <p>Invariants: a lease that is {@code ending} is named in an expiry whose fate is not known, and
 * is not renewed until it is; each lease has one entry in the queue, at or before its deadline.
 *
 * <p>Safe for any thread: the object's lock guards everything, and no method waits.
 */
final class Deadlines {
  /** A lease of the applied state. Fields belong to the table's lock. */
  private static final class Held {
    private final long id;
    private final long grant;
    private final long ttlSeconds;
    private long deadlineMillis;

    /** Done when the expiry that names this lease has its outcome. */
    private @Nullable CompletableFuture<Void> ending;

    Held(long id, long grant, long ttlSeconds, long deadlineMillis) {
      this.id = id;
      this.grant = grant;
      this.ttlSeconds = ttlSeconds;
      this.deadlineMillis = deadlineMillis;
    }
  }

  private record Queued(Held lease, long deadlineMillis) {}

  /** A lease that was found overdue. */
  record Overdue(long id, long grant) {}

  /** What became of some renewals. */
  static final class Renewed {
    /** In the order of the ids; 0 for a lease that does not exist. */
    private final long[] ttlSeconds;

    /** Done when it is worth to ask again; null when all are decided. */
    private final @Nullable CompletableFuture<Void> undecided;

    private Renewed(long[] ttlSeconds, @Nullable CompletableFuture<Void> undecided) {
      this.ttlSeconds = ttlSeconds;
      this.undecided = undecided;
    }

    long[] ttlSeconds() {
      return ttlSeconds;
    }

    @Nullable CompletableFuture<Void> undecided() {
      return undecided;
    }
  }

  private final Map<Long, Held> leases = new HashMap<>();
  private final PriorityQueue<Queued> queue =
      new PriorityQueue<>((a, b) -> Long.compare(a.deadlineMillis(), b.deadlineMillis()));

  /** Leases that ended while the table is filled; null when it is not. */
  private @Nullable Set<Long> endedMeanwhile;

  private long term;
  private boolean isOpen;

  /** The term of which the table is, from {@link #begin} on; 0 for none. */
  synchronized long term() {
    return term;
  }

  /** Whether renewals are counted here. */
  synchronized boolean isOpen() {
    return isOpen;
  }

  /** Forgets everything: this node leads no more, or in another term, or the state was replaced. */
  void drop() {
    List<CompletableFuture<Void>> open = new ArrayList<>();
    synchronized (this) {
      leases.values().stream()
          .filter(lease -> lease.ending != null)
          .forEach(lease -> open.add(lease.ending));
      leases.clear();
      queue.clear();
      term = 0;
      isOpen = false;
      endedMeanwhile = null;
    }
    open.forEach(ending -> ending.complete(null));
  }

  /** Begins to hear of grants and ends. What was there before is given by {@link #fill}. */
  synchronized void begin(long newTerm) {
    term = newTerm;
    endedMeanwhile = new HashSet<>();
  }

  /** A lease that was read from the state after {@link #begin}. */
  synchronized void fill(long id, long grant, long ttlSeconds, long nowMillis) {
    if (endedMeanwhile != null && !endedMeanwhile.contains(id) && !leases.containsKey(id)) {
      put(id, grant, ttlSeconds, nowMillis);
    }
  }

  /** All leases are there. False if the table was dropped meanwhile. */
  synchronized boolean open() {
    isOpen = endedMeanwhile != null;
    endedMeanwhile = null;
    return isOpen;
  }

  synchronized void granted(long id, long grant, long ttlSeconds, long nowMillis) {
    if (term != 0) {
      put(id, grant, ttlSeconds, nowMillis);
    }
  }

  private void put(long id, long grant, long ttlSeconds, long nowMillis) {
    Held lease = new Held(id, grant, ttlSeconds, deadline(ttlSeconds, nowMillis));
    leases.put(id, lease);
    queue.add(new Queued(lease, lease.deadlineMillis));
  }

  /** A millisecond more, since times are cut to whole ones. */
  private static long deadline(long ttlSeconds, long nowMillis) {
    return nowMillis + ttlSeconds * 1000 + 1;
  }

  void ended(long id) {
    CompletableFuture<Void> ending = null;
    synchronized (this) {
      if (endedMeanwhile != null) {
        endedMeanwhile.add(id);
      }
      Held lease = leases.remove(id);
      if (lease != null) {
        ending = lease.ending;
      }
    }
    if (ending != null) {
      ending.complete(null);
    }
  }

  /**
   * Renews those that exist. To be called with a proof, obtained after the renewals came, that this
   * node leads.
   *
   * @throws dev.trivet.errors.TrivetException NOT_LEADER when the table is closed
   */
  synchronized Renewed renew(long[] ids, long nowMillis) {
    if (!isOpen) {
      throw ErrorCode.NOT_LEADER.exception();
    }
    long[] ttlSeconds = new long[ids.length];
    CompletableFuture<Void> undecided = null;
    for (int i = 0; i < ids.length; i++) {
      Held lease = leases.get(ids[i]);
      if (lease != null && lease.ending != null) {
        undecided = lease.ending;
      } else if (lease != null) {
        lease.deadlineMillis = deadline(lease.ttlSeconds, nowMillis);
        ttlSeconds[i] = lease.ttlSeconds;
      }
    }
    return new Renewed(ttlSeconds, undecided);
  }

  /** What is left of a lease, 0 or more; -1 for one that does not exist. */
  synchronized long remainingMillis(long id, long nowMillis) {
    if (!isOpen) {
      throw ErrorCode.NOT_LEADER.exception();
    }
    Held lease = leases.get(id);
    return lease == null ? -1 : Math.max(0, lease.deadlineMillis - nowMillis);
  }

  /** Marks leases whose time is over as ending, the oldest first. */
  synchronized List<Overdue> takeOverdue(long nowMillis, int limit) {
    List<Overdue> overdue = new ArrayList<>();
    while (isOpen && overdue.size() < limit && isFirstDue(nowMillis)) {
      Held lease = queue.remove().lease();
      if (leases.get(lease.id) != lease) {
        continue;
      }
      if (lease.deadlineMillis > nowMillis) {
        queue.add(new Queued(lease, lease.deadlineMillis));
      } else {
        lease.ending = new CompletableFuture<>();
        overdue.add(new Overdue(lease.id, lease.grant));
      }
    }
    return overdue;
  }

  private boolean isFirstDue(long nowMillis) {
    return !queue.isEmpty() && queue.element().deadlineMillis() <= nowMillis;
  }

  /** The expiry that named these was refused, or never made: those that exist go on to live. */
  void spare(List<Overdue> overdue) {
    List<CompletableFuture<Void>> decided = new ArrayList<>();
    synchronized (this) {
      for (Overdue each : overdue) {
        Held lease = leases.get(each.id());
        if (lease != null && lease.grant == each.grant() && lease.ending != null) {
          decided.add(lease.ending);
          lease.ending = null;
          queue.add(new Queued(lease, lease.deadlineMillis));
        }
      }
    }
    decided.forEach(ending -> ending.complete(null));
  }

  synchronized int size() {
    return leases.size();
  }
}
