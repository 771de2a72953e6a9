package dev.trivet.api.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import dev.trivet.api.ApiCluster;
import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.etcd.CampaignRequest;
import dev.trivet.proto.etcd.CampaignResponse;
import dev.trivet.proto.etcd.DeleteRangeRequest;
import dev.trivet.proto.etcd.ElectionGrpc;
import dev.trivet.proto.etcd.KVGrpc;
import dev.trivet.proto.etcd.KeyValue;
import dev.trivet.proto.etcd.LeaderKey;
import dev.trivet.proto.etcd.LeaderRequest;
import dev.trivet.proto.etcd.LeaderResponse;
import dev.trivet.proto.etcd.LeaseGrantRequest;
import dev.trivet.proto.etcd.LeaseGrpc;
import dev.trivet.proto.etcd.LeaseRevokeRequest;
import dev.trivet.proto.etcd.LeaseTimeToLiveRequest;
import dev.trivet.proto.etcd.LockGrpc;
import dev.trivet.proto.etcd.LockRequest;
import dev.trivet.proto.etcd.LockResponse;
import dev.trivet.proto.etcd.ProclaimRequest;
import dev.trivet.proto.etcd.RangeRequest;
import dev.trivet.proto.etcd.RangeResponse;
import dev.trivet.proto.etcd.ResignRequest;
import dev.trivet.proto.etcd.UnlockRequest;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@Timeout(60)
@ExtendWith(ApiCluster.Shared.class)
final class CoordinationTest {
  private static final long WAIT_SECONDS = 30;

  private final Channel leader;
  private final Channel follower;
  private final KVGrpc.KVBlockingStub keys;

  CoordinationTest(ApiCluster cluster) {
    leader = cluster.leader().channel;
    follower = cluster.follower(0).channel;
    keys = KVGrpc.newBlockingStub(leader);
  }

  @Test
  void aLockIsHeldUnderItsNameAndLeaseUntilItIsUnlocked() throws Exception {
    long lease = grant(100);
    long other = grant(100);
    LockResponse first = lock(leader, "lock/a", lease).get(WAIT_SECONDS, TimeUnit.SECONDS);

    ListenableFuture<LockResponse> second = lock(follower, "lock/a", other);
    awaitKeys("lock/a/", 2);
    boolean wasSecondDone = second.isDone();
    unlock(first.getKey());

    assertThat(first.getKey().toStringUtf8()).isEqualTo("lock/a/" + Long.toHexString(lease));
    assertThat(wasSecondDone).isFalse();
    assertThat(second.get(WAIT_SECONDS, TimeUnit.SECONDS).getKey().toStringUtf8())
        .isEqualTo("lock/a/" + Long.toHexString(other));
    assertThat(keysUnder("lock/a/"))
        .singleElement()
        .satisfies(
            kv -> {
              assertThat(kv.getLease()).isEqualTo(other);
              assertThat(kv.getValue()).isEqualTo(ByteString.EMPTY);
            });
  }

  @Test
  void aLockThatIsHeldIsGivenAgainToItsOwnLease() throws Exception {
    long lease = grant(100);
    LockResponse first = lock(leader, "lock/again", lease).get(WAIT_SECONDS, TimeUnit.SECONDS);

    LockResponse second = lock(follower, "lock/again", lease).get(WAIT_SECONDS, TimeUnit.SECONDS);

    assertThat(second.getKey()).isEqualTo(first.getKey());
    assertThat(keysUnder("lock/again/")).hasSize(1);
  }

  @Test
  void aLockWithoutALeaseHangsOnOneOfSixtySeconds() throws Exception {
    LockResponse held = lock(follower, "lock/own", 0).get(WAIT_SECONDS, TimeUnit.SECONDS);

    KeyValue key = keysUnder("lock/own/").getFirst();
    assertThat(held.getKey()).isEqualTo(key.getKey());
    assertThat(
            LeaseGrpc.newBlockingStub(leader)
                .leaseTimeToLive(LeaseTimeToLiveRequest.newBuilder().setID(key.getLease()).build())
                .getGrantedTTL())
        .isEqualTo(60);
  }

  @Test
  void waitersTakeTheLockInTheOrderInWhichTheyCame() throws Exception {
    LockResponse first = lock(leader, "lock/line", grant(100)).get(WAIT_SECONDS, TimeUnit.SECONDS);
    ListenableFuture<LockResponse> second = lock(follower, "lock/line", grant(100));
    awaitKeys("lock/line/", 2);
    long thirdLease = grant(100);
    ListenableFuture<LockResponse> third = lock(leader, "lock/line", thirdLease);
    awaitKeys("lock/line/", 3);
    ListenableFuture<LockResponse> fourth = lock(follower, "lock/line", grant(100));
    awaitKeys("lock/line/", 4);

    // One leaves the middle of the line: who waits for it must not take its place for the lock.
    revoke(thirdLease);
    assertThatThrownBy(() -> third.get(WAIT_SECONDS, TimeUnit.SECONDS))
        .isInstanceOfSatisfying(
            ExecutionException.class,
            e -> assertStatus(e.getCause(), Status.Code.UNKNOWN, "mutex: session is expired"));
    boolean wasFourthDone = fourth.isDone();
    unlock(first.getKey());
    LockResponse secondHeld = second.get(WAIT_SECONDS, TimeUnit.SECONDS);
    boolean isFourthDone = fourth.isDone();
    unlock(secondHeld.getKey());

    assertThat(wasFourthDone).isFalse();
    assertThat(isFourthDone).isFalse();
    assertThat(fourth.get(WAIT_SECONDS, TimeUnit.SECONDS).getHeader().getRevision()).isPositive();
  }

  @Test
  void aCallerThatGoesAwayGivesItsPlaceUp() throws Exception {
    LockResponse held = lock(leader, "lock/gone", grant(100)).get(WAIT_SECONDS, TimeUnit.SECONDS);
    long lease = grant(100);
    ListenableFuture<LockResponse> cancelled = lock(follower, "lock/gone", lease);
    ListenableFuture<LockResponse> unleased = lock(follower, "lock/gone", 0);
    awaitKeys("lock/gone/", 3);

    cancelled.cancel(true);
    unleased.cancel(true);

    awaitKeys("lock/gone/", 1);
    assertThat(keysUnder("lock/gone/").getFirst().getKey()).isEqualTo(held.getKey());
    assertThat(
            LeaseGrpc.newBlockingStub(leader)
                .leaseTimeToLive(LeaseTimeToLiveRequest.newBuilder().setID(lease).build())
                .getTTL())
        .isPositive();
  }

  @Test
  void anUnknownLeaseTakesNoPlace() {
    assertThatThrownBy(() -> lock(leader, "lock/none", 12345).get(WAIT_SECONDS, TimeUnit.SECONDS))
        .isInstanceOfSatisfying(
            ExecutionException.class,
            e ->
                assertStatus(
                    e.getCause(),
                    ErrorCode.LEASE_NOT_FOUND.grpcCode(),
                    "etcdserver: requested lease not found"));
    assertThat(keysUnder("lock/none/")).isEmpty();
  }

  @Test
  void aCampaignEndsWithLeadershipAndALeaderProclaimsAndResigns() throws Exception {
    ElectionGrpc.ElectionBlockingStub election = ElectionGrpc.newBlockingStub(follower);
    LeaderRequest name = LeaderRequest.newBuilder().setName(text("elect/a")).build();
    Inbox<LeaderResponse> seen = new Inbox<>();
    long lease = grant(100);
    ElectionGrpc.newStub(leader).observe(name, seen);

    CampaignResponse won = campaign(leader, "elect/a", lease, "one").get(30, TimeUnit.SECONDS);
    ListenableFuture<CampaignResponse> next = campaign(follower, "elect/a", grant(100), "two");
    awaitKeys("elect/a/", 2);
    KeyValue leading = election.leader(name).getKv();
    var _ = election.proclaim(proclaim(won.getLeader(), "uno"));
    KeyValue proclaimed = election.leader(name).getKv();
    seen.awaitCount(2);
    var _ = election.resign(ResignRequest.newBuilder().setLeader(won.getLeader()).build());
    LeaderKey nextLeader = next.get(WAIT_SECONDS, TimeUnit.SECONDS).getLeader();

    assertThat(won.getLeader())
        .isEqualTo(
            LeaderKey.newBuilder()
                .setName(text("elect/a"))
                .setKey(text("elect/a/" + Long.toHexString(lease)))
                .setRev(leading.getCreateRevision())
                .setLease(lease)
                .build());
    assertThat(leading.getValue().toStringUtf8()).isEqualTo("one");
    assertThat(proclaimed.getValue().toStringUtf8()).isEqualTo("uno");
    assertThat(nextLeader.getRev()).isGreaterThan(won.getLeader().getRev());
    assertThat(seen.awaitCount(3))
        .extracting(response -> response.getKv().getValue().toStringUtf8())
        .containsExactly("one", "uno", "two");
    // Who does not lead any more can say nothing, but may resign.
    assertFails(() -> election.proclaim(proclaim(won.getLeader(), "late")), "election: not leader");
    var _ = election.resign(ResignRequest.newBuilder().setLeader(won.getLeader()).build());
    assertThat(election.leader(name).getKv().getKey()).isEqualTo(nextLeader.getKey());
  }

  @Test
  void withoutALeaderAnElectionSaysSo() {
    ElectionGrpc.ElectionBlockingStub election = ElectionGrpc.newBlockingStub(follower);

    assertFails(
        () -> election.leader(LeaderRequest.newBuilder().setName(text("elect/no")).build()),
        "election: no leader");
    assertFails(
        () -> election.proclaim(ProclaimRequest.getDefaultInstance()),
        "\"leader\" field must be provided");
    assertFails(
        () -> election.resign(ResignRequest.getDefaultInstance()),
        "\"leader\" field must be provided");
  }

  @Test
  void aCampaignFromALeaseThatLeadsProclaimsItsValue() throws Exception {
    long lease = grant(100);
    CampaignResponse won = campaign(leader, "elect/b", lease, "one").get(30, TimeUnit.SECONDS);

    CampaignResponse again = campaign(follower, "elect/b", lease, "two").get(30, TimeUnit.SECONDS);

    assertThat(again.getLeader()).isEqualTo(won.getLeader());
    assertThat(keysUnder("elect/b/"))
        .extracting(kv -> kv.getValue().toStringUtf8())
        .containsExactly("two");
  }

  @Test
  void aCandidateWhoseKeyIsTakenAwayNeverLeads() throws Exception {
    CampaignResponse won = campaign(leader, "elect/d", grant(100), "a").get(30, TimeUnit.SECONDS);
    long lease = grant(100);
    ListenableFuture<CampaignResponse> robbed = campaign(follower, "elect/d", lease, "b");
    awaitKeys("elect/d/", 2);

    var _ =
        keys.deleteRange(
            DeleteRangeRequest.newBuilder()
                .setKey(text("elect/d/" + Long.toHexString(lease)))
                .build());
    var _ =
        ElectionGrpc.newBlockingStub(leader)
            .resign(ResignRequest.newBuilder().setLeader(won.getLeader()).build());

    assertThatThrownBy(() -> robbed.get(WAIT_SECONDS, TimeUnit.SECONDS))
        .isInstanceOfSatisfying(
            ExecutionException.class,
            e -> assertStatus(e.getCause(), Status.Code.UNKNOWN, "mutex: session is expired"));
  }

  @Test
  void aCandidateWhoGoesAwayNeverLeads() throws Exception {
    CampaignResponse won = campaign(leader, "elect/c", grant(100), "a").get(30, TimeUnit.SECONDS);
    ListenableFuture<CampaignResponse> gone = campaign(follower, "elect/c", grant(100), "b");
    awaitKeys("elect/c/", 2);

    gone.cancel(true);

    awaitKeys("elect/c/", 1);
    assertThat(keysUnder("elect/c/").getFirst().getKey()).isEqualTo(won.getLeader().getKey());
  }

  private static ListenableFuture<LockResponse> lock(Channel channel, String name, long lease) {
    return LockGrpc.newFutureStub(channel)
        .lock(LockRequest.newBuilder().setName(text(name)).setLease(lease).build());
  }

  private void unlock(ByteString key) {
    var _ =
        LockGrpc.newBlockingStub(follower).unlock(UnlockRequest.newBuilder().setKey(key).build());
  }

  private static ListenableFuture<CampaignResponse> campaign(
      Channel channel, String name, long lease, String value) {
    return ElectionGrpc.newFutureStub(channel)
        .campaign(
            CampaignRequest.newBuilder()
                .setName(text(name))
                .setLease(lease)
                .setValue(text(value))
                .build());
  }

  private static ProclaimRequest proclaim(LeaderKey leader, String value) {
    return ProclaimRequest.newBuilder().setLeader(leader).setValue(text(value)).build();
  }

  private long grant(long seconds) {
    return LeaseGrpc.newBlockingStub(leader)
        .leaseGrant(LeaseGrantRequest.newBuilder().setTTL(seconds).build())
        .getID();
  }

  private void revoke(long lease) {
    var _ =
        LeaseGrpc.newBlockingStub(follower)
            .leaseRevoke(LeaseRevokeRequest.newBuilder().setID(lease).build());
  }

  private void awaitKeys(String prefix, int count) {
    await().atMost(ApiCluster.PATIENCE).until(() -> keysUnder(prefix).size() == count);
  }

  private List<KeyValue> keysUnder(String prefix) {
    RangeResponse found =
        keys.range(
            RangeRequest.newBuilder()
                .setKey(text(prefix))
                .setRangeEnd(text(prefix + "\u007f"))
                .build());
    return found.getKvsList();
  }

  private static void assertFails(ThrowingCallable call, String text) {
    assertThatThrownBy(call).satisfies(e -> assertStatus(e, Status.Code.UNKNOWN, text));
  }

  private static void assertStatus(@Nullable Throwable thrown, Status.Code code, String text) {
    assertThat(thrown)
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> {
              assertThat(e.getStatus().getCode()).isEqualTo(code);
              assertThat(e.getStatus().getDescription()).isEqualTo(text);
            });
  }

  private static ByteString text(String text) {
    return ByteString.copyFromUtf8(text);
  }
}
