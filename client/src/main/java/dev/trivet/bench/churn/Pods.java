package dev.trivet.bench.churn;

import com.google.protobuf.ByteString;
import dev.trivet.proto.etcd.Compare;
import dev.trivet.proto.etcd.DeleteRangeRequest;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.proto.etcd.RangeRequest;
import dev.trivet.proto.etcd.RequestOp;
import dev.trivet.proto.etcd.TxnRequest;

/** Keys of objects, and the three transactions by which an apiserver writes them. */
final class Pods {
  /** A resource that no Kubernetes has, in case that the endpoint serves a real one. */
  static final ByteString PREFIX = ByteString.copyFromUtf8("/registry/trivetbenchpods/");

  /** Where the prefix ends. */
  static final ByteString END = ByteString.copyFromUtf8("/registry/trivetbenchpods0");

  private static final int NAMESPACES = 20;

  private Pods() {}

  /** Names are not used again, as those of pods are not. */
  static ByteString key(int writer, long number) {
    return ByteString.copyFromUtf8(
        PREFIX.toStringUtf8()
            + "namespace-"
            + number % NAMESPACES
            + "/writer-"
            + writer
            + "-"
            + Long.toString(number, Character.MAX_RADIX));
  }

  /** Puts it if it is still as it was; 0: if it is not there. Else reads it. */
  static TxnRequest put(ByteString key, long modRevision, byte[] value) {
    return when(
        key,
        modRevision,
        RequestOp.newBuilder()
            .setRequestPut(
                PutRequest.newBuilder().setKey(key).setValue(ByteString.copyFrom(value))));
  }

  /** Deletes it if it is still as it was, else reads it. */
  static TxnRequest delete(ByteString key, long modRevision) {
    return when(
        key,
        modRevision,
        RequestOp.newBuilder().setRequestDeleteRange(DeleteRangeRequest.newBuilder().setKey(key)));
  }

  private static TxnRequest when(ByteString key, long modRevision, RequestOp.Builder then) {
    return TxnRequest.newBuilder()
        .addCompare(
            Compare.newBuilder()
                .setKey(key)
                .setTarget(Compare.CompareTarget.MOD)
                .setResult(Compare.CompareResult.EQUAL)
                .setModRevision(modRevision))
        .addSuccess(then)
        .addFailure(RequestOp.newBuilder().setRequestRange(RangeRequest.newBuilder().setKey(key)))
        .build();
  }
}
