package dev.trivet.state.keys;

import com.google.protobuf.ByteString;
import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.etcd.KeyValue;
import dev.trivet.proto.etcd.RangeRequest;
import dev.trivet.proto.etcd.RangeRequest.SortOrder;
import dev.trivet.proto.etcd.RangeRequest.SortTarget;
import dev.trivet.proto.etcd.RangeResponse;
import dev.trivet.proto.etcd.ResponseHeader;
import java.util.function.Consumer;

/**
 * The answer to one range in parts, handed over as soon as one is full: at most one is in memory.
 * Merged they are the answer; header, more and count are in the last.
 */
final class RangeChunks implements KeyWalk.Visitor {
  private final RangeRequest request;
  private final int chunkBytes;
  private final Consumer<RangeResponse> target;
  private RangeResponse.Builder chunk = RangeResponse.newBuilder();
  private long bytes;
  private long count;

  RangeChunks(RangeRequest request, int chunkBytes, Consumer<RangeResponse> target) {
    this.request = request;
    this.chunkBytes = chunkBytes;
    this.target = target;
  }

  /** Only what needs no look at all keys before the first is sent can be streamed. */
  static void requireStreamable(RangeRequest request) {
    boolean isByKey =
        request.getSortTarget() == SortTarget.KEY && request.getSortOrder() != SortOrder.DESCEND;
    boolean isFiltered =
        request.getMinModRevision() != 0
            || request.getMaxModRevision() != 0
            || request.getMinCreateRevision() != 0
            || request.getMaxCreateRevision() != 0;
    if (!isByKey || isFiltered) {
      throw ErrorCode.UNIMPLEMENTED.exception(
          "a range is streamed in the order of its keys, without bounds of revisions");
    }
  }

  @Override
  public boolean wantsVersions() {
    return !request.getCountOnly() && (request.getLimit() <= 0 || count < request.getLimit());
  }

  @Override
  public void count() {
    count++;
  }

  @Override
  public void version(byte[] key, KeyRow version) {
    count++;
    KeyValue kv = version.toKeyValue(ByteString.copyFrom(key), !request.getKeysOnly());
    chunk.addKvs(kv);
    bytes += kv.getSerializedSize();
    if (bytes >= chunkBytes) {
      target.accept(chunk.build());
      chunk = RangeResponse.newBuilder();
      bytes = 0;
    }
  }

  void end(long revision) {
    boolean isMore =
        !request.getCountOnly() && request.getLimit() > 0 && count > request.getLimit();
    target.accept(
        chunk
            .setHeader(ResponseHeader.newBuilder().setRevision(revision))
            .setMore(isMore)
            .setCount(count)
            .build());
  }
}
