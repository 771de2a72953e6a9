package dev.trivet.api.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import dev.trivet.api.ApiCluster;
import dev.trivet.api.ApiNode;
import dev.trivet.proto.etcd.AlarmRequest;
import dev.trivet.proto.etcd.AlarmRequest.AlarmAction;
import dev.trivet.proto.etcd.AlarmType;
import dev.trivet.proto.etcd.ClusterGrpc;
import dev.trivet.proto.etcd.CompactionRequest;
import dev.trivet.proto.etcd.CompactionResponse;
import dev.trivet.proto.etcd.DefragmentRequest;
import dev.trivet.proto.etcd.DeleteRangeRequest;
import dev.trivet.proto.etcd.DowngradeRequest;
import dev.trivet.proto.etcd.DowngradeRequest.DowngradeAction;
import dev.trivet.proto.etcd.HashKVRequest;
import dev.trivet.proto.etcd.HashKVResponse;
import dev.trivet.proto.etcd.HashRequest;
import dev.trivet.proto.etcd.KVGrpc;
import dev.trivet.proto.etcd.MaintenanceGrpc;
import dev.trivet.proto.etcd.MemberListRequest;
import dev.trivet.proto.etcd.MoveLeaderRequest;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.proto.etcd.RangeRequest;
import dev.trivet.proto.etcd.RequestOp;
import dev.trivet.proto.etcd.StatusRequest;
import dev.trivet.proto.etcd.StatusResponse;
import dev.trivet.proto.etcd.TxnRequest;
import dev.trivet.store.Cursor;
import dev.trivet.store.ReadView;
import dev.trivet.store.Table;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@Timeout(120)
@ExtendWith(ApiCluster.Shared.class)
final class MaintenanceServiceTest {
  private final ApiCluster cluster;
  private final KVGrpc.KVBlockingStub keys;
  private final MaintenanceGrpc.MaintenanceBlockingStub leader;

  MaintenanceServiceTest(ApiCluster cluster) {
    this.cluster = cluster;
    keys = KVGrpc.newBlockingStub(cluster.leader().channel);
    leader = MaintenanceGrpc.newBlockingStub(cluster.leader().channel);
  }

  @Test
  void everyMemberHasTheSameHashOfTheKeysAtARevision() {
    var _ = put("hash/a");
    long revision = put("hash/b");
    List<HashKVResponse> before = hashes(revision);
    var _ = put("hash/a");
    delete("hash/b");
    long later = put("hash/c");

    List<HashKVResponse> after = hashes(revision);
    List<HashKVResponse> newer = hashes(later);
    var _ = keys.compact(CompactionRequest.newBuilder().setRevision(revision).build());
    List<HashKVResponse> compacted = hashes(revision);
    List<HashKVResponse> current = hashes(0);

    assertThat(before).extracting(HashKVResponse::getHash).hasSize(3).containsOnly(hashOf(after));
    assertThat(newer).extracting(HashKVResponse::getHash).containsOnly(hashOf(newer));
    assertThat(hashOf(newer)).isNotEqualTo(hashOf(after));
    assertThat(compacted).extracting(HashKVResponse::getHash).containsOnly(hashOf(compacted));
    assertThat(compacted)
        .extracting(HashKVResponse::getCompactRevision, HashKVResponse::getHashRevision)
        .containsOnly(Tuple.tuple(revision, revision));
    assertThat(current)
        .allSatisfy(
            hash -> assertThat(hash.getHashRevision()).isEqualTo(hash.getHeader().getRevision()));
    assertThat(answer(() -> hash(cluster.leader(), revision - 1)))
        .isEqualTo("OUT_OF_RANGE: etcdserver: mvcc: required revision has been compacted");
    assertThat(answer(() -> hash(cluster.leader(), later + 1_000_000)))
        .isEqualTo("OUT_OF_RANGE: etcdserver: mvcc: required revision is a future revision");
    assertThat(leader.hash(HashRequest.getDefaultInstance()).getHeader().getRevision())
        .isGreaterThanOrEqualTo(later);
  }

  @Test
  void aPhysicalCompactionIsAnsweredOnceHistoryIsGoneFromTheNodeThatAnswers() {
    ApiNode node = cluster.follower(0);
    KVGrpc.KVBlockingStub keys = KVGrpc.newBlockingStub(node.channel);
    TxnRequest.Builder puts = TxnRequest.newBuilder();
    for (int i = 0; i < 100; i++) {
      ByteString key = ByteString.copyFromUtf8("maintenance/history/" + i);
      puts.addSuccess(RequestOp.newBuilder().setRequestPut(PutRequest.newBuilder().setKey(key)));
    }
    long last = 0;
    for (int i = 0; i < 80; i++) {
      last = keys.txn(puts.build()).getHeader().getRevision();
    }

    AtomicBoolean isLeft = new AtomicBoolean();
    ListenableFuture<CompactionResponse> answer =
        KVGrpc.newFutureStub(node.channel)
            .compact(CompactionRequest.newBuilder().setRevision(last).setPhysical(true).build());
    answer.addListener(() -> isLeft.set(isLeft(node, puts)), Runnable::run);
    cluster.removeHistoryUntil(answer::isDone, ApiCluster.PATIENCE);

    assertThat(Futures.getUnchecked(answer).getHeader().getRevision()).isEqualTo(last);
    assertThat(isLeft).isFalse();
  }

  /** Whether the node still has more than the newest version of the keys that were put. */
  private static boolean isLeft(ApiNode node, TxnRequest.Builder puts) {
    try (ReadView view = node.store.view();
        Cursor rows = view.scan(Table.REVISIONS, new byte[0], null)) {
      for (int i = 0; i <= puts.getSuccessCount(); i++) {
        if (!rows.next()) {
          return false;
        }
      }
      return true;
    }
  }

  @Test
  void aDefragmentedStoreHasAllItsKeys() {
    var _ = put("defrag/a");

    var _ = leader.defragment(DefragmentRequest.getDefaultInstance());

    assertThat(keys.range(RangeRequest.newBuilder().setKey(text("defrag/a")).build()).getCount())
        .isEqualTo(1);
  }

  @Test
  void whileAMemberHasNoSpaceKeysCanBeDeletedAndNotPut() {
    var _ = put("alarm/space");
    raise(AlarmType.NOSPACE, AlarmAction.ACTIVATE);
    try {
      assertThat(answer(() -> put("alarm/space")))
          .isEqualTo("RESOURCE_EXHAUSTED: etcdserver: mvcc: database space exceeded");
      delete("alarm/space");
      StatusResponse status = leader.status(StatusRequest.getDefaultInstance());
      assertThat(status.getErrorsList()).contains("memberID:4711 alarm:NOSPACE ");
    } finally {
      raise(AlarmType.NOSPACE, AlarmAction.DEACTIVATE);
    }
    assertThat(put("alarm/space")).isPositive();
  }

  @Test
  void whileAMemberIsSaidToBeCorruptNoKeyIsChanged() {
    var _ = put("alarm/corrupt");
    raise(AlarmType.CORRUPT, AlarmAction.ACTIVATE);
    try {
      assertThat(answer(() -> put("alarm/corrupt")))
          .isEqualTo("DATA_LOSS: etcdserver: corrupt cluster");
      assertThat(answer(() -> delete("alarm/corrupt")))
          .isEqualTo("DATA_LOSS: etcdserver: corrupt cluster");
      assertThat(leader.alarm(AlarmRequest.getDefaultInstance()).getAlarmsList())
          .singleElement()
          .satisfies(alarm -> assertThat(alarm.getAlarm()).isEqualTo(AlarmType.CORRUPT));
    } finally {
      raise(AlarmType.CORRUPT, AlarmAction.DEACTIVATE);
    }
    assertThat(put("alarm/corrupt")).isPositive();
    assertThat(leader.alarm(AlarmRequest.getDefaultInstance()).getAlarmsList()).isEmpty();
  }

  @Test
  void answersAboutMembersAlarmsAndFilesHaveNoRevision() {
    var _ = put("header/revision");

    assertThat(
            List.of(
                ClusterGrpc.newBlockingStub(cluster.leader().channel)
                    .memberList(MemberListRequest.getDefaultInstance())
                    .getHeader(),
                leader.alarm(AlarmRequest.getDefaultInstance()).getHeader(),
                leader.defragment(DefragmentRequest.getDefaultInstance()).getHeader()))
        .allSatisfy(
            header -> {
              assertThat(header.getMemberId()).isEqualTo(cluster.leader().self.id());
              assertThat(header.getRaftTerm()).isPositive();
              assertThat(header.getRevision()).isZero();
            });
  }

  @Test
  void aStatusTellsWhatANewerClientAsksFor() {
    StatusResponse status = leader.status(StatusRequest.getDefaultInstance());

    assertThat(status.getLeader()).isEqualTo(cluster.leader().self.id());
    assertThat(status.getDbSize()).isGreaterThanOrEqualTo(status.getDbSizeInUse());
    assertThat(status.getDbSizeInUse()).isPositive();
    assertThat(status.getRaftIndex()).isGreaterThanOrEqualTo(status.getRaftAppliedIndex());
    assertThat(status.getRaftAppliedIndex()).isPositive();
    assertThat(status.getStorageVersion()).isEqualTo("3.5.0");
    assertThat(status.getDbSizeQuota()).isZero();
    assertThat(status.hasDowngradeInfo()).isTrue();
    assertThat(status.getDowngradeInfo().getEnabled()).isFalse();
    assertThat(status.getIsLearner()).isFalse();
  }

  @Test
  void nothingCanBeDowngraded() {
    assertThat(downgrade(DowngradeAction.VALIDATE, "3.4.0"))
        .isEqualTo("INVALID_ARGUMENT: etcdserver: invalid downgrade target version");
    assertThat(downgrade(DowngradeAction.ENABLE, "three"))
        .isEqualTo("INVALID_ARGUMENT: etcdserver: wrong downgrade target version format");
    assertThat(downgrade(DowngradeAction.CANCEL, ""))
        .isEqualTo("FAILED_PRECONDITION: etcdserver: no inflight downgrade job");
  }

  @Test
  void leadershipIsMovedByTheLeaderAndToAVoter() {
    MaintenanceGrpc.MaintenanceBlockingStub follower =
        MaintenanceGrpc.newBlockingStub(cluster.follower(0).channel);
    MoveLeaderRequest toItself =
        MoveLeaderRequest.newBuilder().setTargetID(cluster.leader().self.id()).build();

    var _ = leader.moveLeader(toItself);

    assertThat(answer(() -> follower.moveLeader(toItself)))
        .isEqualTo("FAILED_PRECONDITION: etcdserver: not leader");
    assertThat(answer(() -> leader.moveLeader(toItself.toBuilder().setTargetID(4711).build())))
        .isEqualTo("FAILED_PRECONDITION: etcdserver: bad leader transferee");
  }

  private String downgrade(DowngradeAction action, String version) {
    return answer(
        () ->
            leader.downgrade(
                DowngradeRequest.newBuilder().setAction(action).setVersion(version).build()));
  }

  private void raise(AlarmType type, AlarmAction action) {
    var _ =
        leader.alarm(
            AlarmRequest.newBuilder().setAlarm(type).setAction(action).setMemberID(4711).build());
  }

  private List<HashKVResponse> hashes(long revision) {
    return cluster.nodes.stream()
        .map(
            node -> {
              // Makes a node that lags catch up first.
              var _ =
                  KVGrpc.newBlockingStub(node.channel)
                      .range(RangeRequest.newBuilder().setKey(text("hash/a")).build());
              return hash(node, revision);
            })
        .toList();
  }

  private static HashKVResponse hash(ApiNode node, long revision) {
    return MaintenanceGrpc.newBlockingStub(node.channel)
        .hashKV(HashKVRequest.newBuilder().setRevision(revision).build());
  }

  private static int hashOf(List<HashKVResponse> hashes) {
    return hashes.getFirst().getHash();
  }

  private long put(String key) {
    return keys.put(PutRequest.newBuilder().setKey(text(key)).build()).getHeader().getRevision();
  }

  private void delete(String key) {
    var _ = keys.deleteRange(DeleteRangeRequest.newBuilder().setKey(text(key)).build());
  }

  private static String answer(Runnable call) {
    try {
      call.run();
      return "done";
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode() + ": " + e.getStatus().getDescription();
    }
  }

  private static ByteString text(String text) {
    return ByteString.copyFromUtf8(text);
  }
}
