package dev.trivet.api.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.trivet.api.ApiCluster;
import dev.trivet.proto.etcd.KVGrpc;
import dev.trivet.proto.etcd.LeaseGrantRequest;
import dev.trivet.proto.etcd.LeaseGrantResponse;
import dev.trivet.proto.etcd.LeaseGrpc;
import dev.trivet.proto.etcd.LeaseKeepAliveRequest;
import dev.trivet.proto.etcd.LeaseKeepAliveResponse;
import dev.trivet.proto.etcd.LeaseRevokeRequest;
import dev.trivet.proto.etcd.LeaseTimeToLiveRequest;
import dev.trivet.proto.etcd.LeaseTimeToLiveResponse;
import dev.trivet.proto.etcd.PutRequest;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@Timeout(60)
@ExtendWith(ApiCluster.Shared.class)
final class LeaseServiceTest {
  private static final int RENEWALS = 100;
  private static final int LEASES = 150;
  private static final int RENEWALS_EACH = 8;

  private final ApiCluster cluster;

  LeaseServiceTest(ApiCluster cluster) {
    this.cluster = cluster;
  }

  @Test
  void everyRenewalOnAStreamIsAnsweredBeforeItEnds() {
    LeaseGrantResponse lease =
        LeaseGrpc.newBlockingStub(cluster.leader().channel)
            .leaseGrant(LeaseGrantRequest.newBuilder().setTTL(77).build());
    Inbox<LeaseKeepAliveResponse> answers = new Inbox<>();
    StreamObserver<LeaseKeepAliveRequest> requests =
        LeaseGrpc.newStub(cluster.follower(0).channel).leaseKeepAlive(answers);

    for (int i = 0; i < RENEWALS; i++) {
      requests.onNext(LeaseKeepAliveRequest.newBuilder().setID(lease.getID()).build());
      requests.onNext(LeaseKeepAliveRequest.newBuilder().setID(1).build());
    }
    requests.onCompleted();

    await().atMost(ApiCluster.PATIENCE).until(answers::isCompleted);
    assertThat(lease.getID()).isPositive();
    assertThat(answers.messages())
        .hasSize(2 * RENEWALS)
        .filteredOn(answer -> answer.getID() == lease.getID())
        .hasSize(RENEWALS)
        .allMatch(answer -> answer.getTTL() == 77)
        .allMatch(answer -> answer.getHeader().getMemberId() == cluster.follower(0).self.id());
    assertThat(answers.messages())
        .filteredOn(answer -> answer.getID() == 1)
        .hasSize(RENEWALS)
        .allMatch(answer -> answer.getTTL() == 0);
  }

  @Test
  void noRenewalThatCameThroughTellsOfARevisionInWhichTheLeaseWasGone() {
    LeaseGrpc.LeaseBlockingStub leases = LeaseGrpc.newBlockingStub(cluster.leader().channel);
    Inbox<LeaseKeepAliveResponse> answers = new Inbox<>();
    StreamObserver<LeaseKeepAliveRequest> requests =
        LeaseGrpc.newStub(cluster.follower(0).channel).leaseKeepAlive(answers);
    Map<Long, Long> goneAt = new HashMap<>();

    for (int i = 0; i < LEASES; i++) {
      long id = leases.leaseGrant(LeaseGrantRequest.newBuilder().setTTL(60).build()).getID();
      var _ =
          KVGrpc.newBlockingStub(cluster.leader().channel)
              .put(
                  PutRequest.newBuilder()
                      .setKey(ByteString.copyFromUtf8("gone/" + i))
                      .setLease(id)
                      .build());
      for (int renewal = 0; renewal < RENEWALS_EACH; renewal++) {
        requests.onNext(LeaseKeepAliveRequest.newBuilder().setID(id).build());
      }
      goneAt.put(
          id,
          leases
              .leaseRevoke(LeaseRevokeRequest.newBuilder().setID(id).build())
              .getHeader()
              .getRevision());
    }
    requests.onCompleted();

    await().atMost(ApiCluster.PATIENCE).until(answers::isCompleted);
    assertThat(answers.messages())
        .hasSize(LEASES * RENEWALS_EACH)
        .filteredOn(answer -> answer.getTTL() > 0)
        .isNotEmpty()
        .allSatisfy(
            answer ->
                assertThat(answer.getHeader().getRevision())
                    .isPositive()
                    .isLessThan(goneAt.get(answer.getID())));
  }

  @Test
  void aTimeLeftOfZeroIsLessThanASecondOfALeaseThatIsThere() {
    LeaseGrpc.LeaseBlockingStub leases = LeaseGrpc.newBlockingStub(cluster.leader().channel);
    long granted = System.nanoTime();
    long id = leases.leaseGrant(LeaseGrantRequest.newBuilder().setTTL(2).build()).getID();

    await()
        .atMost(ApiCluster.PATIENCE)
        .until(
            () -> {
              LeaseTimeToLiveResponse told =
                  leases.leaseTimeToLive(LeaseTimeToLiveRequest.newBuilder().setID(id).build());
              assertThat(told.getGrantedTTL()).isEqualTo(2);
              return told.getTTL() == 0;
            });

    assertThat(Duration.ofNanos(System.nanoTime() - granted)).isGreaterThan(Duration.ofSeconds(1));
  }

  @Test
  void aShortTimeToLiveIsGrantedAsTheShortestThereIs() {
    LeaseGrantResponse lease =
        LeaseGrpc.newBlockingStub(cluster.follower(1).channel)
            .leaseGrant(LeaseGrantRequest.newBuilder().setTTL(0).setID(4711).build());

    assertThat(lease.getID()).isEqualTo(4711);
    assertThat(lease.getTTL()).isEqualTo(2);
  }
}
