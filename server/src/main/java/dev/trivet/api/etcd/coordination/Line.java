package dev.trivet.api.etcd.coordination;

import com.google.protobuf.ByteString;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.etcd.Compare;
import dev.trivet.proto.etcd.DeleteRangeRequest;
import dev.trivet.proto.etcd.KeyValue;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.proto.etcd.RangeRequest;
import dev.trivet.proto.etcd.RangeRequest.SortOrder;
import dev.trivet.proto.etcd.RangeRequest.SortTarget;
import dev.trivet.proto.etcd.RangeResponse;
import dev.trivet.proto.etcd.RequestOp;
import dev.trivet.proto.etcd.ResponseHeader;
import dev.trivet.proto.etcd.TxnRequest;
import dev.trivet.proto.etcd.TxnResponse;
import dev.trivet.watch.Interest;
import dev.trivet.watch.WatchHub;
import io.grpc.Context;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Those who want one name, in the order of their keys' create_revisions: the first has it. A key is
 * the name, a slash and the lease in hexadecimal digits, and goes with the lease.
 *
 * <p>Each waits for the deletion of the key just before its own, so that one that leaves wakes one
 * and not all; it then looks again, for the one before may have left the middle of the line.
 *
 * <p>Source: etcd API reference, concurrency, whose clients put the same keys by themselves and
 * stand in the same line.
 */
final class Line {
  private static final Logger LOG = LoggerFactory.getLogger(Line.class);
  private static final long OWN_LEASE_SECONDS = 60;

  private final KeyCalls calls;
  private final WatchHub hub;

  Line(KeyCalls calls, WatchHub hub) {
    this.calls = calls;
    this.hub = hub;
  }

  /**
   * A place in the line.
   *
   * @param revision the key's create_revision: another one means that the place is lost
   * @param value what the key held when the place was taken
   * @param isFirst whether nobody was before it then
   * @param header of the answer that said so
   */
  record Place(
      ByteString key,
      long revision,
      long lease,
      ByteString value,
      boolean isFirst,
      ResponseHeader header) {}

  /** The keys of all who want a name, to be narrowed down. */
  static RangeRequest.Builder everybody(ByteString name) {
    // '0' follows '/': the range ends where no key that goes on with a slash can be.
    return RangeRequest.newBuilder()
        .setKey(name.concat(ByteString.copyFromUtf8("/")))
        .setRangeEnd(name.concat(ByteString.copyFromUtf8("0")));
  }

  /** The key that has the name, if any. */
  static RangeRequest.Builder first(ByteString name) {
    return everybody(name)
        .setSortTarget(SortTarget.CREATE)
        .setSortOrder(SortOrder.ASCEND)
        .setLimit(1);
  }

  /**
   * Takes a place and does with it what comes next; gives it up when that fails or the caller goes
   * away.
   *
   * @param lease 0: one of the server's own, which nobody renews
   * @param next usually waits for the turn
   */
  <A> A enter(ByteString name, long lease, ByteString value, Next<A> next) {
    long held = lease == 0 ? calls.grant(OWN_LEASE_SECONDS) : lease;
    Place place = take(name, held, value);
    try {
      A result = next.at(place);
      // Who has gone cannot know that the place is theirs.
      KeyEvents.requireCaller(Context.current());
      return result;
    } catch (RuntimeException e) {
      Context.current()
          .fork()
          .run(
              () -> {
                if (lease == 0) {
                  giveUp(() -> calls.revoke(held));
                } else {
                  giveUp(() -> leave(place.key(), place.revision()));
                }
              });
      throw e;
    }
  }

  /** What is done at a place. */
  interface Next<A> {
    A at(Place place);
  }

  /** Waited for to its end even when the caller goes away: a place must not be left behind. */
  private Place take(ByteString name, long lease, ByteString value) {
    ByteString key = name.concat(ByteString.copyFromUtf8("/" + hex(lease)));
    TxnRequest request =
        TxnRequest.newBuilder()
            .addCompare(created(key, 0))
            .addSuccess(
                RequestOp.newBuilder()
                    .setRequestPut(
                        PutRequest.newBuilder().setKey(key).setValue(value).setLease(lease)))
            .addSuccess(range(first(name)))
            .addFailure(range(RangeRequest.newBuilder().setKey(key)))
            .addFailure(range(first(name)))
            .build();
    TxnResponse taken = inOwnTime(() -> calls.txn(request));
    KeyValue first = taken.getResponses(1).getResponseRange().getKvs(0);
    KeyValue own =
        taken.getSucceeded()
            ? KeyValue.newBuilder()
                .setCreateRevision(taken.getHeader().getRevision())
                .setValue(value)
                .build()
            : taken.getResponses(0).getResponseRange().getKvs(0);
    return new Place(
        key,
        own.getCreateRevision(),
        lease,
        own.getValue(),
        first.getCreateRevision() == own.getCreateRevision(),
        taken.getHeader());
  }

  /**
   * Waits until nobody is before this place.
   *
   * @return of the answer that said so
   * @throws TrivetException LOCK_SESSION_EXPIRED when the place is lost meanwhile
   */
  ResponseHeader awaitTurn(ByteString name, Place place) {
    if (place.isFirst()) {
      return place.header();
    }
    RangeRequest.Builder before =
        everybody(name)
            .setMaxCreateRevision(place.revision() - 1)
            .setSortTarget(SortTarget.CREATE)
            .setSortOrder(SortOrder.DESCEND)
            .setKeysOnly(true)
            .setLimit(1);
    TxnRequest look =
        TxnRequest.newBuilder()
            .addSuccess(range(before))
            .addSuccess(range(RangeRequest.newBuilder().setKey(place.key())))
            .build();
    while (true) {
      TxnResponse seen = calls.txn(look);
      RangeResponse own = seen.getResponses(1).getResponseRange();
      if (own.getKvsCount() == 0 || own.getKvs(0).getCreateRevision() != place.revision()) {
        throw ErrorCode.LOCK_SESSION_EXPIRED.exception();
      }
      RangeResponse older = seen.getResponses(0).getResponseRange();
      if (older.getKvsCount() == 0) {
        return seen.getHeader();
      }
      awaitDeletion(older.getKvs(0).getKey(), place.key(), seen.getHeader().getRevision() + 1);
    }
  }

  private void awaitDeletion(ByteString one, ByteString other, long fromRevision) {
    Interest deletions = new KeyChanges(Set.copyOf(List.of(one, other)), true);
    try (KeyEvents events = KeyEvents.open(hub, deletions, fromRevision)) {
      var _ = events.next();
    }
  }

  /** Deletes a key if it is still the one that was created then; tells whether it was. */
  TxnResponse leave(ByteString key, long revision) {
    return calls.txn(
        TxnRequest.newBuilder()
            .addCompare(created(key, revision))
            .addSuccess(
                RequestOp.newBuilder()
                    .setRequestDeleteRange(DeleteRangeRequest.newBuilder().setKey(key)))
            .build());
  }

  static Compare created(ByteString key, long revision) {
    return Compare.newBuilder()
        .setKey(key)
        .setTarget(Compare.CompareTarget.CREATE)
        .setCreateRevision(revision)
        .build();
  }

  private static RequestOp range(RangeRequest.Builder request) {
    return RequestOp.newBuilder().setRequestRange(request).build();
  }

  /** As clients write it, who print a signed number. */
  private static String hex(long lease) {
    return lease < 0 ? "-" + Long.toHexString(-lease) : Long.toHexString(lease);
  }

  private static TxnResponse inOwnTime(Supplier<TxnResponse> work) {
    try {
      return Context.current().fork().call(work::get);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException("a supplier throws nothing checked", e);
    }
  }

  /** The lease's end does it, too; so a failure here is no failure of the call. */
  private static void giveUp(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException e) {
      LOG.debug("A place in a line was not given up, its lease will", e);
    }
  }
}
