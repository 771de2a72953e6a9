package dev.trivet.bench.churn;

import com.google.protobuf.ByteString;
import dev.trivet.proto.etcd.CompactionRequest;
import dev.trivet.proto.etcd.CompactionResponse;
import dev.trivet.proto.etcd.KVGrpc;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.proto.etcd.PutResponse;

/**
 * Compacts to the revision that the store had one interval before, so that what is younger can be
 * listed and watched; an apiserver notes that it did in a key beside, which has that revision.
 * Owned by the wire's thread.
 */
final class Compactor {
  private static final String PUT = KVGrpc.getPutMethod().getFullMethodName();
  private static final String COMPACT = KVGrpc.getCompactMethod().getFullMethodName();
  private static final ByteString NOTE = ByteString.copyFromUtf8("bench/compact_rev_key");

  private final Connections connections;
  private final Tally tally;
  private long revision;

  /** Compacts to this revision the first time. */
  Compactor(long revision, Connections connections, Tally tally) {
    this.revision = revision;
    this.connections = connections;
    this.tally = tally;
  }

  void compact() {
    long before = revision;
    connections
        .next()
        .unary(
            PUT,
            PutRequest.newBuilder()
                .setKey(NOTE)
                .setValue(ByteString.copyFromUtf8(Long.toString(before)))
                .build()
                .toByteArray(),
            new Answer<>(
                PutResponse.getDefaultInstance(),
                PutResponse::parseFrom,
                answer -> {
                  revision = answer.getHeader().getRevision();
                  compactTo(before);
                },
                this::failed));
  }

  private void compactTo(long before) {
    connections
        .next()
        .unary(
            COMPACT,
            CompactionRequest.newBuilder().setRevision(before).build().toByteArray(),
            new Answer<>(
                CompactionResponse.getDefaultInstance(),
                CompactionResponse::parseFrom,
                _ -> tally.compacted(),
                this::failed));
  }

  private void failed(String failure) {
    tally.failed("a compaction: " + failure);
  }
}
