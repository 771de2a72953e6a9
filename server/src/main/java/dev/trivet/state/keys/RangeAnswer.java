package dev.trivet.state.keys;

import com.google.protobuf.ByteString;
import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.etcd.KeyValue;
import dev.trivet.proto.etcd.RangeRequest;
import dev.trivet.proto.etcd.RangeRequest.SortOrder;
import dev.trivet.proto.etcd.RangeRequest.SortTarget;
import dev.trivet.proto.etcd.RangeResponse;
import dev.trivet.proto.etcd.ResponseHeader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * The answer to one range in the making. It counts every key and keeps those that pass the filters,
 * but never more than the limit: when keys come in the order asked for, the first ones; otherwise
 * the first ones of the order asked for among what has come.
 */
final class RangeAnswer implements KeyWalk.Visitor {
  private final RangeRequest request;
  private final long maxBytes;
  private final boolean isInOrder;
  private final boolean needsValues;

  /** In the order asked for when keys come in it; else the last of that order first. */
  private final PriorityQueue<Kept> worstFirst;

  private final List<KeyValue> kept = new ArrayList<>();
  private long count;
  private long passed;
  private long bytes;

  /**
   * @param at the how manieth it was: the order of what is equal otherwise
   */
  private record Kept(KeyValue kv, long at) {}

  RangeAnswer(RangeRequest request, long maxBytes) {
    this.request = request;
    this.maxBytes = maxBytes;
    this.isInOrder = request.getSortTarget() == SortTarget.KEY;
    this.needsValues = !request.getKeysOnly() || request.getSortTarget() == SortTarget.VALUE;
    this.worstFirst = new PriorityQueue<>(order().reversed());
  }

  /** Whether keys should come from the last to the first. */
  static boolean isBackward(RangeRequest request) {
    return request.getSortTarget() == SortTarget.KEY && request.getSortOrder() == SortOrder.DESCEND;
  }

  @Override
  public boolean wantsVersions() {
    // One more than the limit tells that there is more.
    return !request.getCountOnly()
        && (!isInOrder || request.getLimit() <= 0 || passed <= request.getLimit());
  }

  @Override
  public void count() {
    count++;
  }

  @Override
  public void version(byte[] key, KeyRow version) {
    count++;
    if (!passes(request, version)) {
      return;
    }
    passed++;
    boolean isFull = request.getLimit() > 0 && passed > request.getLimit();
    if (isInOrder) {
      if (!isFull) {
        keep(version.toKeyValue(ByteString.copyFrom(key), needsValues));
      }
      return;
    }
    KeyValue kv = version.toKeyValue(ByteString.copyFrom(key), needsValues);
    worstFirst.add(new Kept(kv, passed));
    bytes += kv.getSerializedSize();
    if (isFull) {
      bytes -= worstFirst.remove().kv().getSerializedSize();
    }
    requireRoom();
  }

  private void keep(KeyValue kv) {
    kept.add(kv);
    bytes += kv.getSerializedSize();
    requireRoom();
  }

  private void requireRoom() {
    if (bytes > maxBytes) {
      throw KeyQueries.answerAbove(maxBytes);
    }
  }

  RangeResponse response(long revision) {
    worstFirst.stream().sorted(order()).map(Kept::kv).forEach(kept::add);
    RangeResponse.Builder response =
        RangeResponse.newBuilder()
            .setHeader(ResponseHeader.newBuilder().setRevision(revision))
            .setCount(count)
            .setMore(kept.size() < passed);
    for (KeyValue kv : kept) {
      boolean isToBeCut = request.getKeysOnly() && !kv.getValue().isEmpty();
      response.addKvs(isToBeCut ? kv.toBuilder().clearValue().build() : kv);
    }
    return response.build();
  }

  /** Whether a version is within the bounds that a request sets to revisions; 0 is no bound. */
  private static boolean passes(RangeRequest request, KeyRow version) {
    return isWithin(version.mod(), request.getMinModRevision(), request.getMaxModRevision())
        && isWithin(
            version.create(), request.getMinCreateRevision(), request.getMaxCreateRevision());
  }

  private static boolean isWithin(long revision, long min, long max) {
    return (min == 0 || revision >= min) && (max == 0 || revision <= max);
  }

  private Comparator<Kept> order() {
    Comparator<Kept> order =
        switch (request.getSortTarget()) {
          case KEY -> (_, _) -> 0;
          case VERSION -> Comparator.comparingLong(each -> each.kv().getVersion());
          case CREATE -> Comparator.comparingLong(each -> each.kv().getCreateRevision());
          case MOD -> Comparator.comparingLong(each -> each.kv().getModRevision());
          case VALUE ->
              (a, b) ->
                  Arrays.compareUnsigned(
                      a.kv().getValue().toByteArray(), b.kv().getValue().toByteArray());
          case UNRECOGNIZED -> throw ErrorCode.INVALID_SORT_OPTION.exception();
        };
    return (request.getSortOrder() == SortOrder.DESCEND ? order.reversed() : order)
        .thenComparingLong(Kept::at);
  }
}
