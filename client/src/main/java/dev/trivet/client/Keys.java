package dev.trivet.client;

import com.google.protobuf.ByteString;
import dev.trivet.proto.etcd.CompactionResponse;
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
import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The plain face of {@link AsyncKeys}, which says what is repeated: all methods block, for at most
 * the client's deadline, and throw {@link dev.trivet.errors.TrivetException}.
 */
public final class Keys {
  private final AsyncKeys async;
  private final Attempts attempts;

  Keys(Wire wire, Duration limit) {
    this.async = new AsyncKeys(wire, limit);
    this.attempts = new Attempts(wire, limit);
  }

  /** The same without blocking. */
  public AsyncKeys async() {
    return async;
  }

  /** The key's present value, or empty if there is no such key. */
  public Optional<KeyValue> get(ByteString key) {
    return Waiting.on(async.get(key));
  }

  /**
   * The keys that begin with a prefix, in order.
   *
   * @param prefix empty for all keys
   * @param limit largest number of keys; {@code more} in the answer tells that there are others
   */
  public RangeResponse prefix(ByteString prefix, int limit) {
    return range(Query.prefix(prefix).limit(limit));
  }

  public RangeResponse range(Query query) {
    return Waiting.on(async.range(query));
  }

  /** Any read that etcd's API can say. */
  public RangeResponse range(RangeRequest request) {
    return attempts.read(KVGrpc.getRangeMethod(), request);
  }

  /**
   * Reads page by page, all at one revision: the query's, or the present one. In key order, or
   * against it if the query is descending. The deadline holds for each page.
   *
   * @param pageSize keys in memory at a time, at least 1
   */
  public Iterator<KeyValue> list(Query query, int pageSize) {
    return new Listing(this::range, query, pageSize);
  }

  /** The same as a stream. */
  public Stream<KeyValue> stream(Query query, int pageSize) {
    return StreamSupport.stream(
        Spliterators.spliteratorUnknownSize(
            list(query, pageSize), Spliterator.ORDERED | Spliterator.NONNULL),
        false);
  }

  public PutResponse put(ByteString key, ByteString value) {
    return Waiting.on(async.put(key, value));
  }

  /** A put with a lease, one that keeps value or lease, or one that asks for the previous value. */
  public PutResponse put(PutRequest request) {
    return Waiting.on(async.put(request));
  }

  /** Deletes a key; {@code deleted} is 0 if there was none. */
  public DeleteRangeResponse delete(ByteString key) {
    return Waiting.on(async.delete(key));
  }

  public DeleteRangeResponse delete(DeleteRangeRequest request) {
    return Waiting.on(async.delete(request));
  }

  /** Begins a transaction. */
  public Transaction txn() {
    return async.txn();
  }

  /** Any transaction that etcd's API can say. */
  public TxnResponse txn(TxnRequest request) {
    return Waiting.on(async.txn(request));
  }

  /**
   * Gives up the history below a revision.
   *
   * @param isPhysical whether to wait until its space is free
   */
  public CompactionResponse compact(long revision, boolean isPhysical) {
    return Waiting.on(async.compact(revision, isPhysical));
  }
}
