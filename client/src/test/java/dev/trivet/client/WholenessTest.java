package dev.trivet.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trivet.proto.api.ClusterStatusResponse;
import dev.trivet.proto.api.MemberStatus;
import org.junit.jupiter.api.Test;

final class WholenessTest {
  private static final MemberStatus GOOD =
      MemberStatus.newBuilder()
          .setName("n1")
          .setRole("VOTER")
          .setIsReachable(true)
          .setAppliedIndex(100)
          .build();

  @Test
  void aClusterLacksNothingWhenAllAreReachableAndCaughtUp() {
    assertThat(Wholeness.lacks(of("n1", GOOD), 100)).isEmpty();
  }

  @Test
  void eachLackIsNamedWithItsNumbers() {
    ClusterStatusResponse status =
        of(
            "",
            GOOD.toBuilder().setName("n1").setAppliedIndex(90).build(),
            GOOD.toBuilder().setName("n2").setMissingExtents(3).build(),
            GOOD.toBuilder().setName("n3").setIsReachable(false).build());

    assertThat(Wholeness.lacks(status, 100))
        .containsExactly(
            "no leader is known",
            "n1 has applied 90 of 100",
            "n2 misses 3 extents",
            "n3 is not reachable");
  }

  @Test
  void aNodeAtTheDoorIsNotCountedOn() {
    MemberStatus waiting = MemberStatus.newBuilder().setName("n4").setRole("WAITING").build();

    assertThat(Wholeness.lacks(of("n1", GOOD, waiting), 100)).isEmpty();
  }

  @Test
  void aStatusWithoutMembersIsNotWhole() {
    assertThat(Wholeness.lacks(of("n1"), 0)).hasSize(1);
  }

  private static ClusterStatusResponse of(String leader, MemberStatus... members) {
    ClusterStatusResponse.Builder status = ClusterStatusResponse.newBuilder().setLeader(leader);
    for (MemberStatus member : members) {
      status.addMembers(member);
    }
    return status.build();
  }
}
