package dev.trivet.api.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.trivet.api.ApiCluster;
import dev.trivet.proto.etcd.LeaseGrantRequest;
import dev.trivet.proto.etcd.LeaseGrantResponse;
import dev.trivet.proto.etcd.LeaseGrpc;
import dev.trivet.proto.etcd.LeaseKeepAliveRequest;
import dev.trivet.proto.etcd.LeaseKeepAliveResponse;
import io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@Timeout(60)
@ExtendWith(ApiCluster.Shared.class)
final class LeaseServiceTest {
  private static final int RENEWALS = 200;

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
  void aShortTimeToLiveIsGrantedAsTheShortestThereIs() {
    LeaseGrantResponse lease =
        LeaseGrpc.newBlockingStub(cluster.follower(1).channel)
            .leaseGrant(LeaseGrantRequest.newBuilder().setTTL(0).setID(4711).build());

    assertThat(lease.getID()).isEqualTo(4711);
    assertThat(lease.getTTL()).isEqualTo(2);
  }
}
