package dev.trivet.client;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A lease that is kept alive. It is lost when a node says that it has ended, or when no node has
 * confirmed it for its whole time to live: from then on nothing may be done in its name.
 */
public final class KeptLease implements AutoCloseable {
  private final Leases leases;
  private final LeaseKeeper keeper;
  private final long id;
  private final long ttlSeconds;
  private final CompletableFuture<TrivetException> lost = new CompletableFuture<>();
  private final AtomicLong confirmedNanos;

  KeptLease(Leases leases, LeaseKeeper keeper, long id, long ttlSeconds, long confirmedNanos) {
    this.leases = leases;
    this.keeper = keeper;
    this.id = id;
    this.ttlSeconds = ttlSeconds;
    this.confirmedNanos = new AtomicLong(confirmedNanos);
  }

  public long id() {
    return id;
  }

  public long ttlSeconds() {
    return ttlSeconds;
  }

  /**
   * Completes, with the reason, when the lease is lost; fails when it was closed before. What
   * depends on it runs on the client's threads and must be short.
   */
  public CompletableFuture<TrivetException> lost() {
    return lost.copy();
  }

  /** Whether it is neither lost nor closed, as far as this client knows. */
  public boolean isAlive() {
    return !lost.isDone();
  }

  /** Ends the keepalive and the lease, and thereby its keys; nothing happens to a lost one. */
  @Override
  public void close() {
    keeper.forget(this);
    if (lost.cancel(false)) {
      try {
        var _ = leases.revoke(id);
      } catch (TrivetException e) {
        if (e.code() != ErrorCode.LEASE_NOT_FOUND) {
          throw e;
        }
      }
    }
  }

  /** Ends the keepalive only: the lease ends after its time to live. */
  public void abandon() {
    keeper.forget(this);
    lost.cancel(false);
  }

  /** A request that was sent at this time was answered. */
  void confirmed(long sentNanos) {
    confirmedNanos.accumulateAndGet(sentNanos, (a, b) -> b - a > 0 ? b : a);
  }

  /** When it may have ended at the earliest, if nothing more is heard. */
  long endNanos() {
    return confirmedNanos.get() + ttlSeconds * 1_000_000_000;
  }

  void lose(TrivetException reason) {
    lost.complete(reason);
  }
}
