package dev.trivet.locks;

import com.google.protobuf.ByteString;
import dev.trivet.client.Compares;
import dev.trivet.client.KeptLease;
import dev.trivet.client.Operations;
import dev.trivet.client.Query;
import dev.trivet.client.TrivetClient;
import dev.trivet.client.Waiting;
import dev.trivet.client.Watch;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.etcd.Event;
import dev.trivet.proto.etcd.KeyValue;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.proto.etcd.RangeRequest.SortOrder;
import dev.trivet.proto.etcd.RangeRequest.SortTarget;
import dev.trivet.proto.etcd.RangeResponse;
import dev.trivet.proto.etcd.TxnResponse;
import dev.trivet.proto.etcd.WatchCreateRequest;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A place in a queue: a key below the queue's name, on the owner's lease. It is the owner's turn
 * when no key of the queue was created earlier.
 *
 * <p>Invariant: create revisions of those whose turn it is only rise, so a place's revision is its
 * fencing token.
 */
final class Place {
  private final TrivetClient client;
  private final ByteString prefix;
  private final ByteString key;
  private final long revision;

  private Place(TrivetClient client, ByteString prefix, ByteString key, long revision) {
    this.client = client;
    this.prefix = prefix;
    this.key = key;
    this.revision = revision;
  }

  /**
   * Queues up behind all that are there; a lease has one place, so a second time changes nothing.
   */
  static Place take(TrivetClient client, ByteString name, ByteString value, KeptLease lease) {
    ByteString prefix = name.concat(ByteString.copyFromUtf8("/"));
    ByteString key = prefix.concat(ByteString.copyFromUtf8(Long.toHexString(lease.id())));
    TxnResponse done =
        client
            .keys()
            .txn()
            .when(Compares.absent(key))
            .then(
                Operations.put(
                    PutRequest.newBuilder()
                        .setKey(key)
                        .setValue(value)
                        .setLease(lease.id())
                        .build()))
            .orElse(Operations.get(Query.key(key)))
            .commit();
    long revision =
        done.getSucceeded()
            ? done.getHeader().getRevision()
            : done.getResponses(0).getResponseRange().getKvs(0).getCreateRevision();
    return new Place(client, prefix, key, revision);
  }

  ByteString key() {
    return key;
  }

  long revision() {
    return revision;
  }

  /**
   * Waits until it is this place's turn.
   *
   * @throws TimeoutException when it is not in time; the place is still taken
   * @throws TrivetException LEASE_NOT_FOUND when the place was lost meanwhile
   */
  void awaitTurn(KeptLease lease, Duration limit) throws InterruptedException, TimeoutException {
    long end = System.nanoTime() + limit.toNanos();
    while (true) {
      RangeResponse before =
          client
              .keys()
              .range(
                  Query.prefix(prefix)
                      .createdWithin(0, revision - 1)
                      .sortedBy(SortTarget.CREATE, SortOrder.DESCEND)
                      .limit(1));
      if (before.getKvsCount() == 0) {
        requireKept(lease);
        return;
      }
      awaitDeletion(before.getKvs(0), before.getHeader().getRevision() + 1, lease, end);
    }
  }

  private void requireKept(KeptLease lease) {
    boolean isThere =
        client.keys().get(key).filter(now -> now.getCreateRevision() == revision).isPresent();
    if (!isThere || !lease.isAlive()) {
      throw ErrorCode.LEASE_NOT_FOUND.exception("the place was lost while waiting for the turn");
    }
  }

  private void awaitDeletion(KeyValue before, long from, KeptLease lease, long endNanos)
      throws InterruptedException, TimeoutException {
    CompletableFuture<Void> gone = new CompletableFuture<>();
    WatchCreateRequest request =
        WatchCreateRequest.newBuilder().setKey(before.getKey()).setStartRevision(from).build();
    try (Watch watch =
        client.watch(
            request,
            response -> {
              if (response.getEventsList().stream()
                  .anyMatch(event -> event.getType() == Event.EventType.DELETE)) {
                gone.complete(null);
              }
            })) {
      long left = Math.max(0, endNanos - System.nanoTime());
      var _ =
          CompletableFuture.anyOf(gone, watch.ended(), lease.lost())
              .get(left, TimeUnit.NANOSECONDS);
      if (!lease.isAlive()) {
        throw ErrorCode.LEASE_NOT_FOUND.exception("the lease was lost while waiting for the turn");
      }
    } catch (ExecutionException e) {
      TrivetException error = Waiting.errorOf(e);
      // The history went on without us: the caller's loop looks again.
      if (error.code() != ErrorCode.COMPACTED) {
        throw error.code().exception(String.valueOf(error.getMessage()), e);
      }
    }
  }
}
