package dev.trivet.api.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.trivet.api.ApiCluster;
import dev.trivet.api.ApiNode;
import dev.trivet.api.edge.LeaderNaming;
import dev.trivet.api.edge.Statuses;
import dev.trivet.proto.api.AddMemberRequest;
import dev.trivet.proto.api.AdminGrpc;
import dev.trivet.proto.api.ClusterStatusRequest;
import dev.trivet.proto.api.ClusterStatusResponse;
import dev.trivet.proto.api.MemberStatus;
import dev.trivet.proto.api.TransferLeaderRequest;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@Timeout(60)
@ExtendWith(ApiCluster.Shared.class)
final class AdminServiceTest {
  private final ApiCluster cluster;

  AdminServiceTest(ApiCluster cluster) {
    this.cluster = cluster;
  }

  @Test
  void everyNodeTellsOfAllMembers() {
    ApiNode leader = cluster.leader();

    ClusterStatusResponse status =
        await()
            .until(
                () -> status(cluster.follower(0)),
                it -> it.getMembersList().stream().allMatch(m -> m.getAppliedIndex() > 0));

    assertThat(status.getLeader()).isEqualTo(leader.self.name());
    assertThat(status.getAnsweringMember()).isEqualTo(cluster.follower(0).self.name());
    assertThat(status.getCommittedIndex()).isGreaterThanOrEqualTo(status.getAppliedIndex());
    assertThat(status.getRevision()).isPositive();
    assertThat(status.getClockMillis()).isPositive();
    assertThat(status.getMembersList())
        .hasSize(3)
        .allMatch(MemberStatus::getIsReachable)
        .allMatch(member -> member.getRole().equals("VOTER"))
        .filteredOn(MemberStatus::getIsLeader)
        .extracting(MemberStatus::getName)
        .containsExactly(leader.self.name());
  }

  @Test
  void aFollowerHandsAChangeToTheLeaderAndNamesItInTheAnswer() {
    ApiNode leader = cluster.leader();

    assertThatThrownBy(
            () ->
                AdminGrpc.newBlockingStub(cluster.follower(0).channel)
                    .addMember(AddMemberRequest.newBuilder().setName("n9").build()))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> {
              Metadata trailers = e.getTrailers();
              assertThat(trailers).isNotNull();
              assertThat(trailers.get(Statuses.ERROR_NAME)).isEqualTo("MEMBER_NOT_FOUND");
              assertThat(trailers.get(LeaderNaming.LEADER))
                  .isEqualTo(leader.self.name() + "=" + leader.self.clientAddress());
            });
  }

  @Test
  void leadershipGoesToTheVoterThatIsNamed() {
    ApiNode before = cluster.leader();
    ApiNode wanted = cluster.follower(0);

    var _ =
        AdminGrpc.newBlockingStub(before.channel)
            .transferLeader(TransferLeaderRequest.newBuilder().setName(wanted.self.name()).build());

    await()
        .atMost(ApiCluster.PATIENCE)
        .until(() -> status(before).getLeader().equals(wanted.self.name()));
  }

  private static ClusterStatusResponse status(ApiNode node) {
    return AdminGrpc.newBlockingStub(node.channel)
        .status(ClusterStatusRequest.getDefaultInstance());
  }
}
