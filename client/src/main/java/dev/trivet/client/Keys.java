package dev.trivet.client;

import com.google.protobuf.ByteString;
import dev.trivet.proto.etcd.DeleteRangeRequest;
import dev.trivet.proto.etcd.DeleteRangeResponse;
import dev.trivet.proto.etcd.KVGrpc;
import dev.trivet.proto.etcd.KeyValue;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.proto.etcd.PutResponse;
import dev.trivet.proto.etcd.RangeRequest;
import dev.trivet.proto.etcd.RangeResponse;
import dev.trivet.proto.etcd.TxnRequest;
import dev.trivet.proto.etcd.TxnResponse;
import io.grpc.Channel;
import java.util.Optional;

/**
 * The key space: etcd's KV service. All methods block, for at most {@link TrivetClient#DEADLINE},
 * and throw {@link dev.trivet.errors.TrivetException}. Reads are linearizable unless the request
 * says otherwise.
 *
 * <p>Reads are repeated within the deadline. Writes are repeated only if they were certainly not
 * applied; a write that throws OUTCOME_UNKNOWN may have been.
 */
public final class Keys {
  private final Attempts attempts;

  Keys(Channel channel) {
    this.attempts = new Attempts(channel, TrivetClient.DEADLINE);
  }

  /** The key's present value, or empty if there is no such key. */
  public Optional<KeyValue> get(ByteString key) {
    return range(RangeRequest.newBuilder().setKey(key).build()).getKvsList().stream().findFirst();
  }

  /**
   * The keys that begin with a prefix, in order.
   *
   * @param prefix empty for all keys
   * @param limit largest number of keys; {@code more} in the answer tells that there are others
   */
  public RangeResponse prefix(ByteString prefix, int limit) {
    return range(
        RangeRequest.newBuilder()
            .setKey(Prefixes.first(prefix))
            .setRangeEnd(Prefixes.end(prefix))
            .setLimit(limit)
            .build());
  }

  /** Any read that etcd's API can say. */
  public RangeResponse range(RangeRequest request) {
    return attempts.read(KVGrpc.getRangeMethod(), request);
  }

  public PutResponse put(ByteString key, ByteString value) {
    return put(PutRequest.newBuilder().setKey(key).setValue(value).build());
  }

  /** A put with a lease, or one that asks for the previous value. */
  public PutResponse put(PutRequest request) {
    return attempts.write(KVGrpc.getPutMethod(), request);
  }

  /** Deletes a key; {@code deleted} is 0 if there was none. */
  public DeleteRangeResponse delete(ByteString key) {
    return delete(DeleteRangeRequest.newBuilder().setKey(key).build());
  }

  public DeleteRangeResponse delete(DeleteRangeRequest request) {
    return attempts.write(KVGrpc.getDeleteRangeMethod(), request);
  }

  /** A transaction, taken for a write whatever is in it. */
  public TxnResponse txn(TxnRequest request) {
    return attempts.write(KVGrpc.getTxnMethod(), request);
  }
}
