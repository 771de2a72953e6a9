package dev.trivet.client;

import com.google.protobuf.ByteString;
import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.etcd.RangeRequest;
import dev.trivet.proto.etcd.RangeRequest.SortOrder;
import dev.trivet.proto.etcd.RangeRequest.SortTarget;

/**
 * What to read of the key space, and how. Immutable: each method gives another query.
 *
 * <p>Without more a query is linearizable, of the present revision, in key order and without a
 * limit.
 *
 * <p>Source: etcd API reference, RangeRequest.
 */
public final class Query {
  private static final ByteString ZERO = ByteString.copyFrom(new byte[1]);

  private final RangeRequest request;

  private Query(RangeRequest request) {
    this.request = request;
  }

  /** One key. */
  public static Query key(ByteString key) {
    return new Query(RangeRequest.newBuilder().setKey(key).build());
  }

  /** The keys that begin with a prefix; the empty prefix is all keys. */
  public static Query prefix(ByteString prefix) {
    return range(Prefixes.first(prefix), Prefixes.end(prefix));
  }

  /** Keys from the first on and below the end. */
  public static Query range(ByteString first, ByteString end) {
    return new Query(RangeRequest.newBuilder().setKey(first).setRangeEnd(end).build());
  }

  /** A key and all that follow it. */
  public static Query from(ByteString first) {
    return range(first.isEmpty() ? ZERO : first, ZERO);
  }

  public static Query all() {
    return range(ZERO, ZERO);
  }

  /** At most so many keys; {@code more} in the answer tells that there are others. 0: no limit. */
  public Query limit(long keys) {
    return new Query(request.toBuilder().setLimit(keys).build());
  }

  /** As of a revision; 0 is now. Fails with COMPACTED or FUTURE_REVISION when there is none. */
  public Query revision(long revision) {
    return new Query(request.toBuilder().setRevision(revision).build());
  }

  public Query sortedBy(SortTarget target, SortOrder order) {
    return new Query(request.toBuilder().setSortTarget(target).setSortOrder(order).build());
  }

  /** From the last key to the first. */
  public Query descending() {
    return sortedBy(SortTarget.KEY, SortOrder.DESCEND);
  }

  /** Without values. */
  public Query keysOnly() {
    return new Query(request.toBuilder().setKeysOnly(true).build());
  }

  /** Only how many there are. */
  public Query countOnly() {
    return new Query(request.toBuilder().setCountOnly(true).build());
  }

  /** From the state of any one node, which may be old: needs no majority. */
  public Query serializable() {
    return new Query(request.toBuilder().setSerializable(true).build());
  }

  /** Only keys last changed within these revisions, both included; 0 is no bound. */
  public Query modifiedWithin(long first, long last) {
    return new Query(request.toBuilder().setMinModRevision(first).setMaxModRevision(last).build());
  }

  /** Only keys created within these revisions, both included; 0 is no bound. */
  public Query createdWithin(long first, long last) {
    return new Query(
        request.toBuilder().setMinCreateRevision(first).setMaxCreateRevision(last).build());
  }

  /** The message that says it. */
  public RangeRequest toRequest() {
    return request;
  }

  /** Whether it may be read in pages: in key order, or against it. */
  boolean isPageable() {
    return request.getSortTarget() == SortTarget.KEY && !request.getCountOnly();
  }

  boolean isDescending() {
    return request.getSortOrder() == SortOrder.DESCEND;
  }

  /** What follows a key in this query's order, at a revision. */
  Query behind(ByteString key, long revision) {
    RangeRequest.Builder rest = request.toBuilder().setRevision(revision);
    if (request.getRangeEnd().isEmpty()) {
      throw ErrorCode.INVALID_ARGUMENT.exception("one key has no next page");
    }
    return new Query(
        isDescending() ? rest.setRangeEnd(key).build() : rest.setKey(key.concat(ZERO)).build());
  }
}
