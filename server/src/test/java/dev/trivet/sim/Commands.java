package dev.trivet.sim;

import com.google.protobuf.ByteString;
import dev.trivet.proto.blobs.Extent;
import dev.trivet.proto.blobs.Manifest;
import dev.trivet.proto.etcd.CompactionRequest;
import dev.trivet.proto.etcd.Compare;
import dev.trivet.proto.etcd.LeaseGrantRequest;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.proto.etcd.RequestOp;
import dev.trivet.proto.etcd.TxnRequest;
import dev.trivet.proto.log.Command;
import dev.trivet.proto.log.CommitManifest;
import dev.trivet.proto.log.CreateBucket;
import dev.trivet.proto.log.RequestId;
import dev.trivet.state.entry.ExtentId;
import java.nio.ByteBuffer;

/** Commands that simulated clients send. */
final class Commands {
  static final String BUCKET = "bucket";

  private Commands() {}

  static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }

  static PutRequest.Builder put(String key, String value) {
    return PutRequest.newBuilder().setKey(bytes(key)).setValue(bytes(value));
  }

  static Command command(PutRequest.Builder put) {
    return Command.newBuilder().setPut(put).build();
  }

  static Command grant(long id, long ttlSeconds) {
    return Command.newBuilder()
        .setLeaseGrant(LeaseGrantRequest.newBuilder().setID(id).setTTL(ttlSeconds))
        .build();
  }

  static Command compact(long revision) {
    return Command.newBuilder()
        .setCompact(CompactionRequest.newBuilder().setRevision(revision))
        .build();
  }

  /** Puts if the key's revision of a kind is this one. */
  static Command putIf(Compare.Builder compare, PutRequest.Builder put) {
    return Command.newBuilder()
        .setTxn(
            TxnRequest.newBuilder()
                .addCompare(compare)
                .addSuccess(RequestOp.newBuilder().setRequestPut(put)))
        .build();
  }

  static Compare.Builder modifiedAt(String key, long revision) {
    return Compare.newBuilder()
        .setKey(bytes(key))
        .setTarget(Compare.CompareTarget.MOD)
        .setResult(Compare.CompareResult.EQUAL)
        .setModRevision(revision);
  }

  static Compare.Builder createdAt(String key, long revision) {
    return Compare.newBuilder()
        .setKey(bytes(key))
        .setTarget(Compare.CompareTarget.CREATE)
        .setResult(Compare.CompareResult.EQUAL)
        .setCreateRevision(revision);
  }

  static Command numbered(Command command, int client, int lane, long sequence, boolean isKnown) {
    return command.toBuilder()
        .setRequest(
            RequestId.newBuilder()
                .setClient(ByteString.copyFrom(ByteBuffer.allocate(16).putInt(client).array()))
                .setLane(lane)
                .setSequence(sequence)
                .setIsClientKnown(isKnown))
        .build();
  }

  static Command createBucket() {
    return Command.newBuilder()
        .setCreateBucket(CreateBucket.newBuilder().setBucket(BUCKET))
        .build();
  }

  static Command manifest(String key, ExtentId extent, long beganMillis) {
    return Command.newBuilder()
        .setCommitManifest(
            CommitManifest.newBuilder()
                .setBucket(BUCKET)
                .setKey(key)
                .setUploadBeganMillis(beganMillis)
                .setManifest(
                    Manifest.newBuilder()
                        .setSizeBytes(100)
                        .setSha256(ByteString.copyFrom(new byte[32]))
                        .addExtents(
                            Extent.newBuilder().setId(extent.toByteString()).setSizeBytes(100))))
        .build();
  }
}
