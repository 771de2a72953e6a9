package dev.trivet.client;

import com.google.protobuf.ByteString;
import dev.trivet.proto.etcd.CompactionRequest;
import dev.trivet.proto.etcd.CompactionResponse;
import dev.trivet.proto.etcd.DeleteRangeRequest;
import dev.trivet.proto.etcd.DeleteRangeResponse;
import dev.trivet.proto.etcd.KVGrpc;
import dev.trivet.proto.etcd.KeyValue;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.proto.etcd.PutResponse;
import dev.trivet.proto.etcd.RangeResponse;
import dev.trivet.proto.etcd.TxnRequest;
import dev.trivet.proto.etcd.TxnResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The key space: etcd's KV service. No method blocks; futures fail with {@link
 * dev.trivet.errors.TrivetException}, and are done within the client's deadline. Cancelling one
 * ends its call: a write may have been applied then.
 *
 * <p>Reads are repeated within the deadline. Writes to nodes of ours are numbered: they are
 * repeated too, and applied once. To other servers of etcd's API a write is repeated only if it
 * certainly was not applied. In both cases OUTCOME_UNKNOWN means that it may have been.
 *
 * <p>At most 1,024 writes of a client are numbered at once; those beyond are sent without a number,
 * as to another server.
 */
public final class AsyncKeys {
  private final Attempts attempts;

  AsyncKeys(Wire wire, Duration limit) {
    this.attempts = new Attempts(wire, limit);
  }

  /** The key's present value, or empty if there is no such key. */
  public CompletableFuture<Optional<KeyValue>> get(ByteString key) {
    return range(Query.key(key)).thenApply(response -> response.getKvsList().stream().findFirst());
  }

  public CompletableFuture<RangeResponse> range(Query query) {
    return attempts.startRead(KVGrpc.getRangeMethod(), query.toRequest());
  }

  public CompletableFuture<PutResponse> put(ByteString key, ByteString value) {
    return put(PutRequest.newBuilder().setKey(key).setValue(value).build());
  }

  /** A put with a lease, one that keeps value or lease, or one that asks for the previous value. */
  public CompletableFuture<PutResponse> put(PutRequest request) {
    return attempts.startNumbered(KVGrpc.getPutMethod(), request);
  }

  /** Deletes a key; {@code deleted} is 0 if there was none. */
  public CompletableFuture<DeleteRangeResponse> delete(ByteString key) {
    return delete(DeleteRangeRequest.newBuilder().setKey(key).build());
  }

  public CompletableFuture<DeleteRangeResponse> delete(DeleteRangeRequest request) {
    return attempts.startNumbered(KVGrpc.getDeleteRangeMethod(), request);
  }

  /** Begins a transaction. */
  public Transaction txn() {
    return new Transaction(this);
  }

  /** Any transaction that etcd's API can say. */
  public CompletableFuture<TxnResponse> txn(TxnRequest request) {
    return Operations.isReadOnly(request)
        ? attempts.startRead(KVGrpc.getTxnMethod(), request)
        : attempts.startNumbered(KVGrpc.getTxnMethod(), request);
  }

  /**
   * Gives up the history below a revision.
   *
   * @param isPhysical whether to wait until its space is free
   */
  public CompletableFuture<CompactionResponse> compact(long revision, boolean isPhysical) {
    return attempts.startWrite(
        KVGrpc.getCompactMethod(),
        CompactionRequest.newBuilder().setRevision(revision).setPhysical(isPhysical).build());
  }
}
