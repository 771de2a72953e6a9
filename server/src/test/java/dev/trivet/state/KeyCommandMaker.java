package dev.trivet.state;

import com.google.protobuf.ByteString;
import dev.trivet.proto.etcd.CompactionRequest;
import dev.trivet.proto.etcd.LeaseGrantRequest;
import dev.trivet.proto.etcd.LeaseKeepAliveRequest;
import dev.trivet.proto.etcd.LeaseRevokeRequest;
import dev.trivet.proto.etcd.RangeRequest;
import dev.trivet.proto.log.Command;
import dev.trivet.proto.log.ExpireLeases;
import dev.trivet.proto.log.OverdueLease;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Random commands to the key space: the requests that {@link RequestMaker} makes, leases and
 * compactions.
 */
final class KeyCommandMaker {
  private static final int SORT_ORDERS = 3;
  private static final int SORT_TARGETS = 5;

  private final Random random;
  private final RequestMaker requests;

  KeyCommandMaker(Random random) {
    this.random = random;
    this.requests = new RequestMaker(random);
  }

  List<Command> commands(int count) {
    List<Command> commands = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      commands.add(next(1 + i / 2));
    }
    return commands;
  }

  Command next(long revision) {
    Command.Builder command = Command.newBuilder();
    switch (random.nextInt(20)) {
      case 0, 1, 2, 3, 4, 5, 6 -> command.setPut(requests.put());
      case 7, 8, 9 -> command.setDeleteRange(requests.deleteRange());
      case 10, 11, 12, 13 -> command.setTxn(requests.txn(revision, 0));
      case 14, 15 ->
          command.setLeaseGrant(
              LeaseGrantRequest.newBuilder().setID(lease()).setTTL(2 + random.nextInt(8)));
      case 16 -> command.setLeaseRenew(LeaseKeepAliveRequest.newBuilder().setID(lease()));
      case 17 -> command.setLeaseRevoke(LeaseRevokeRequest.newBuilder().setID(lease()));
      case 18 -> command.setExpireLeases(expiry());
      default ->
          command.setCompact(
              CompactionRequest.newBuilder().setRevision(revision - 6 + random.nextInt(8)));
    }
    return command.build();
  }

  /** Of the first few grants, often of a lease that is gone, and sometimes of another term. */
  private ExpireLeases expiry() {
    ExpireLeases.Builder expire = ExpireLeases.newBuilder().setTerm(random.nextInt(8) == 0 ? 2 : 1);
    for (int i = random.nextInt(5); i > 0; i--) {
      expire.addLeases(OverdueLease.newBuilder().setId(lease()).setGrant(1 + random.nextInt(6)));
    }
    return expire.build();
  }

  RangeRequest range(long oldest, long newest) {
    long revision = random.nextBoolean() ? 0 : oldest + random.nextLong(newest - oldest + 1);
    RangeRequest.Builder request =
        RangeRequest.newBuilder()
            .setKey(ByteString.copyFromUtf8(requests.key()))
            .setRangeEnd(ByteString.copyFromUtf8(requests.end()))
            .setRevision(revision)
            .setLimit(random.nextInt(4));
    if (random.nextInt(3) == 0) {
      request
          .setSortOrderValue(random.nextInt(SORT_ORDERS))
          .setSortTargetValue(random.nextInt(SORT_TARGETS));
    }
    switch (random.nextInt(12)) {
      case 0 -> request.setMinModRevision(1 + random.nextLong(newest));
      case 1 -> request.setMaxModRevision(1 + random.nextLong(newest));
      case 2 -> request.setMinCreateRevision(1 + random.nextLong(newest));
      case 3 -> request.setMaxCreateRevision(1 + random.nextLong(newest));
      case 4 -> request.setKeysOnly(true);
      case 5 -> request.setCountOnly(true);
      default -> {}
    }
    return request.build();
  }

  private long lease() {
    return 1L + random.nextInt(4);
  }
}
