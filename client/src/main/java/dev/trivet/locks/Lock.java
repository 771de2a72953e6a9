package dev.trivet.locks;

import com.google.protobuf.ByteString;
import dev.trivet.client.KeptLease;
import dev.trivet.client.TrivetClient;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

/**
 * A lock by name: one holds it, the others wait in the order in which they came. It is the same
 * lock as {@code etcdctl lock NAME}.
 */
public final class Lock {
  /** How long the lock outlives a holder that is cut off. */
  public static final Duration DEFAULT_TTL = Duration.ofSeconds(10);

  private final TrivetClient client;
  private final ByteString name;
  private final Duration ttl;

  /**
   * @param ttl whole seconds, at least 1: after so long without its holder the lock is free
   */
  public Lock(TrivetClient client, String name, Duration ttl) {
    this.client = client;
    this.name = ByteString.copyFromUtf8(name);
    this.ttl = ttl;
  }

  /**
   * Waits for the lock. A caller that gives up gives its place back.
   *
   * @throws TimeoutException when it is not this caller's turn in time
   * @throws dev.trivet.errors.TrivetException LEASE_NOT_FOUND if the place was lost while waiting,
   *     or as any write
   */
  public Held acquire(Duration limit) throws InterruptedException, TimeoutException {
    KeptLease lease = client.leases().hold(Math.max(1, ttl.toSeconds()));
    boolean isDone = false;
    try {
      Place place = Place.take(client, name, ByteString.EMPTY, lease);
      place.awaitTurn(lease, limit);
      isDone = true;
      return new Held(place, lease);
    } finally {
      if (!isDone) {
        GivenUp.close(lease);
      }
    }
  }
}
