package dev.trivet.state;

import com.google.protobuf.ByteString;
import dev.trivet.proto.etcd.Compare;
import dev.trivet.proto.etcd.DeleteRangeRequest;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.proto.etcd.RangeRequest;
import dev.trivet.proto.etcd.RequestOp;
import dev.trivet.proto.etcd.TxnRequest;
import java.util.List;
import java.util.Random;

/**
 * Random requests over few keys, some a prefix of others and one with a zero byte, so that programs
 * meet themselves often.
 */
final class RequestMaker {
  private static final List<String> KEYS = List.of("a", "a\0", "a\0b", "ab", "b", "ba", "c");

  private static final int RESULTS = 4;

  private final Random random;

  RequestMaker(Random random) {
    this.random = random;
  }

  String key() {
    return KEYS.get(random.nextInt(KEYS.size()));
  }

  /** The end of a range: none, all, or a key. */
  String end() {
    return switch (random.nextInt(4)) {
      case 0 -> "";
      case 1 -> "\0";
      default -> key();
    };
  }

  PutRequest put() {
    PutRequest.Builder request =
        PutRequest.newBuilder()
            .setKey(ByteString.copyFromUtf8(key()))
            .setLease(random.nextInt(3) == 0 ? 1 + random.nextInt(4) : 0)
            .setPrevKv(random.nextBoolean());
    if (random.nextInt(8) == 0) {
      request.setIgnoreValue(true);
    } else {
      request.setValue(ByteString.copyFromUtf8("v" + random.nextInt(4)));
    }
    return request.setIgnoreLease(random.nextInt(8) == 0).build();
  }

  DeleteRangeRequest deleteRange() {
    return DeleteRangeRequest.newBuilder()
        .setKey(ByteString.copyFromUtf8(key()))
        .setRangeEnd(random.nextBoolean() ? ByteString.EMPTY : ByteString.copyFromUtf8(end()))
        .setPrevKv(random.nextBoolean())
        .build();
  }

  TxnRequest txn(long revision, int depth) {
    TxnRequest.Builder request = TxnRequest.newBuilder();
    for (int i = random.nextInt(3); i > 0; i--) {
      request.addCompare(compare(revision));
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      request.addSuccess(operation(revision, depth));
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      request.addFailure(operation(revision, depth));
    }
    return request.build();
  }

  private Compare compare(long revision) {
    Compare.Builder compare = Compare.newBuilder().setKey(ByteString.copyFromUtf8(key()));
    if (random.nextInt(3) == 0) {
      compare.setResultValue(random.nextInt(RESULTS));
    }
    if (random.nextInt(6) == 0) {
      compare.setRangeEnd(ByteString.copyFromUtf8(end()));
    }
    return switch (random.nextInt(5)) {
      case 0 ->
          compare
              .setTarget(Compare.CompareTarget.VALUE)
              .setValue(ByteString.copyFromUtf8("v" + random.nextInt(4)))
              .build();
      case 1 ->
          compare.setTarget(Compare.CompareTarget.VERSION).setVersion(random.nextInt(3)).build();
      case 2 ->
          compare
              .setTarget(Compare.CompareTarget.CREATE)
              .setCreateRevision(random.nextInt(2))
              .build();
      case 3 -> compare.setTarget(Compare.CompareTarget.LEASE).setLease(random.nextInt(3)).build();
      default ->
          compare
              .setTarget(Compare.CompareTarget.MOD)
              .setModRevision(revision - random.nextInt(3))
              .build();
    };
  }

  private RequestOp operation(long revision, int depth) {
    RequestOp.Builder operation = RequestOp.newBuilder();
    return switch (random.nextInt(depth == 0 ? 5 : 4)) {
      case 0, 1 -> operation.setRequestPut(put()).build();
      case 2 -> operation.setRequestDeleteRange(deleteRange()).build();
      case 3 ->
          operation
              .setRequestRange(
                  RangeRequest.newBuilder()
                      .setKey(ByteString.copyFromUtf8(key()))
                      .setRangeEnd(ByteString.copyFromUtf8(end()))
                      .setLimit(random.nextInt(3)))
              .build();
      default -> operation.setRequestTxn(txn(revision, depth + 1)).build();
    };
  }
}
