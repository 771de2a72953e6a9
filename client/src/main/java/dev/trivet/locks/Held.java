package dev.trivet.locks;

import com.google.protobuf.ByteString;
import dev.trivet.client.Compares;
import dev.trivet.client.KeptLease;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.etcd.Compare;
import java.util.concurrent.CompletableFuture;

/**
 * A lock while it is held. Holding it is a belief: a process that stood still may have lost it and
 * not know yet. What must not happen then is guarded by the {@link #token}:
 *
 * <ul>
 *   <li>A write to this key space has the {@link #guard} among its compares; it is then done only
 *       while the lock is held.
 *   <li>Another system gets the token with each request, remembers the highest and refuses lower
 *       ones: every later holder's token is higher.
 * </ul>
 *
 * <pre>{@code
 * client.keys().txn().when(held.guard()).then(Operations.put(key, value)).commit();
 * }</pre>
 */
public final class Held implements AutoCloseable {
  private final Place place;
  private final KeptLease lease;

  Held(Place place, KeptLease lease) {
    this.place = place;
    this.lease = lease;
  }

  /** The fencing token: the revision at which the holder's key was created. */
  public long token() {
    return place.revision();
  }

  /** The holder's key, as etcd's clients name it too. */
  public ByteString key() {
    return place.key();
  }

  /** Holds as long as the lock is held. */
  public Compare guard() {
    return Compares.createRevision(place.key()).equalTo(token());
  }

  /** Completes, with the reason, when the lock is lost; fails when it was closed before. */
  public CompletableFuture<TrivetException> lost() {
    return lease.lost();
  }

  /** Whether it is still held, as far as this process knows. */
  public boolean isHeld() {
    return lease.isAlive();
  }

  /** Lets go: the next one's turn comes. */
  @Override
  public void close() {
    lease.close();
  }
}
