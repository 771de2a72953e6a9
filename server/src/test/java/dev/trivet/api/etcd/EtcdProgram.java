package dev.trivet.api.etcd;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.trivet.proto.etcd.CompactionRequest;
import dev.trivet.proto.etcd.Compare;
import dev.trivet.proto.etcd.DeleteRangeRequest;
import dev.trivet.proto.etcd.LeaseGrantRequest;
import dev.trivet.proto.etcd.LeaseRevokeRequest;
import dev.trivet.proto.etcd.LeaseTimeToLiveRequest;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.proto.etcd.RangeRequest;
import dev.trivet.proto.etcd.RequestOp;
import dev.trivet.proto.etcd.TxnRequest;
import java.util.List;
import java.util.Random;

/**
 * Random requests with every option there is, and some that must be refused, over few keys and
 * leases so that they meet often.
 */
final class EtcdProgram {
  private static final List<String> KEYS = List.of("a", "a\0", "a\0b", "ab", "b", "ba", "c", "d");

  private static final ByteString OPEN = ByteString.copyFromUtf8("\0");

  /** From a revision on that exists at the beginning. */
  private final long first;

  private final Random random;
  private long made;

  EtcdProgram(long seed, long first) {
    this.random = new Random(seed);
    this.first = first;
  }

  Message next() {
    made++;
    return switch (random.nextInt(20)) {
      case 0, 1, 2, 3, 4 -> put();
      case 5, 6 -> delete().build();
      case 7, 8, 9, 10, 11 -> range();
      case 12, 13, 14, 15 -> txn(0);
      case 16 -> LeaseGrantRequest.newBuilder().setID(lease()).setTTL(1000 + lease()).build();
      case 17 -> LeaseRevokeRequest.newBuilder().setID(lease()).build();
      case 18 -> LeaseTimeToLiveRequest.newBuilder().setID(lease()).setKeys(flip()).build();
      // Not of revision 0, which etcd grants once in the life of a store, and we never.
      default -> CompactionRequest.newBuilder().setRevision(Math.max(1, revision() - 3)).build();
    };
  }

  private PutRequest put() {
    PutRequest.Builder put =
        PutRequest.newBuilder()
            .setKey(key())
            .setPrevKv(flip())
            .setIgnoreValue(seldom())
            .setIgnoreLease(seldom());
    if (random.nextInt(3) == 0) {
      put.setLease(lease());
    }
    return flip() || !put.getIgnoreValue() ? put.setValue(value()).build() : put.build();
  }

  private DeleteRangeRequest.Builder delete() {
    return DeleteRangeRequest.newBuilder()
        .setKey(key())
        .setRangeEnd(flip() ? ByteString.EMPTY : end())
        .setPrevKv(flip());
  }

  /** etcd does not see that a range without an end meets a put of the same branch; we do. */
  private DeleteRangeRequest.Builder deleteInTxn() {
    DeleteRangeRequest.Builder delete = delete();
    return delete.getRangeEnd().equals(OPEN) ? delete.clearRangeEnd() : delete;
  }

  private RangeRequest range() {
    RangeRequest.Builder range =
        RangeRequest.newBuilder()
            .setKey(key())
            .setRangeEnd(random.nextInt(4) == 0 ? ByteString.EMPTY : end())
            .setSerializable(seldom())
            .setKeysOnly(seldom())
            .setCountOnly(seldom());
    if (flip()) {
      range.setLimit(random.nextInt(6) - 1);
    }
    if (random.nextInt(3) == 0) {
      range.setRevision(revision());
    }
    if (flip()) {
      // Known ones alone: an unknown target ends the process of etcd 3.4.
      range.setSortOrderValue(random.nextInt(3)).setSortTargetValue(random.nextInt(5));
    }
    if (seldom()) {
      range.setMinModRevision(revision()).setMaxCreateRevision(revision());
    }
    if (seldom()) {
      range.setMaxModRevision(revision()).setMinCreateRevision(revision() - 5);
    }
    return range.build();
  }

  private TxnRequest txn(int depth) {
    TxnRequest.Builder txn = TxnRequest.newBuilder();
    for (int i = random.nextInt(3); i > 0; i--) {
      txn.addCompare(compare());
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      txn.addSuccess(operation(depth));
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      txn.addFailure(operation(depth));
    }
    return txn.build();
  }

  private RequestOp operation(int depth) {
    RequestOp.Builder operation = RequestOp.newBuilder();
    return switch (random.nextInt(depth < 2 ? 8 : 7)) {
      case 0, 1, 2 -> operation.setRequestPut(put()).build();
      case 3, 4 -> operation.setRequestRange(range()).build();
      case 5 -> operation.setRequestDeleteRange(deleteInTxn()).build();
      case 6 ->
          seldom()
              ? operation.build()
              : operation.setRequestRange(RangeRequest.newBuilder().setKey(key())).build();
      default -> operation.setRequestTxn(txn(depth + 1)).build();
    };
  }

  private Compare compare() {
    Compare.Builder compare = Compare.newBuilder().setKey(key()).setResultValue(random.nextInt(4));
    if (random.nextInt(4) == 0) {
      compare.setRangeEnd(end());
    }
    return switch (random.nextInt(5)) {
      case 0 -> compare.setTarget(Compare.CompareTarget.VALUE).setValue(value()).build();
      case 1 ->
          compare.setTarget(Compare.CompareTarget.VERSION).setVersion(random.nextInt(4)).build();
      case 2 -> compare.setTarget(Compare.CompareTarget.CREATE).setCreateRevision(zeroOr()).build();
      case 3 -> compare.setTarget(Compare.CompareTarget.MOD).setModRevision(zeroOr()).build();
      default ->
          compare.setTarget(Compare.CompareTarget.LEASE).setLease(flip() ? 0 : lease()).build();
    };
  }

  private long zeroOr() {
    return flip() ? 0 : revision();
  }

  /** Somewhere near the newest one, as far as one can tell from here; some are future ones. */
  private long revision() {
    return Math.max(0, first + made / 2 - 8 + random.nextInt(12));
  }

  private long lease() {
    return 1L + random.nextInt(4);
  }

  private ByteString key() {
    return random.nextInt(40) == 0 ? ByteString.EMPTY : anyKey();
  }

  private ByteString anyKey() {
    return ByteString.copyFromUtf8(KEYS.get(random.nextInt(KEYS.size())));
  }

  private ByteString end() {
    return flip() ? OPEN : anyKey();
  }

  private ByteString value() {
    return ByteString.copyFromUtf8("v" + random.nextInt(4));
  }

  private boolean flip() {
    return random.nextBoolean();
  }

  private boolean seldom() {
    return random.nextInt(8) == 0;
  }
}
