package dev.trivet.replicate;

import static dev.trivet.replicate.Cluster.PATIENCE;
import static dev.trivet.replicate.Cluster.command;
import static dev.trivet.replicate.Cluster.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.peer.Member;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MembershipTest {
  @TempDir Path folder;

  @Test
  void aNewNodeJoinsUnderLoadAndThenCountsForAMajority() throws Exception {
    try (Cluster cluster = Cluster.of(2, folder, Cluster.PACE)) {
      Node leader = cluster.leader();
      Node joiner = cluster.start(cluster.member("n9"));
      leader.door.introduced(joiner.self);

      Writer writer = Writer.start(leader.replica);
      get(leader.replica.add("n9"));
      assertThat(roleOf(leader, "n9")).isEqualTo(Member.Role.LEARNER);
      get(leader.replica.promote("n9"));
      long last = writer.stop();

      cluster.awaitApplied(last);
      assertThat(joiner.store.stateHash()).isEqualTo(leader.store.stateHash());
      assertThat(joiner.replica.members()).hasSize(3);
      cluster.stop(leader);
      Node next = cluster.leader();
      Committed after = get(next.replica.propose(command(1_000_000)));
      assertThat(get(next.replica.readBarrier())).isGreaterThanOrEqualTo(after.index());
      assertThat(cluster.nodes).allSatisfy(node -> assertThat(node.fatal).isEmpty());
    }
  }

  @Test
  void aJoiningNodeStandsForNoElectionBeforeItIsAVoter() throws Exception {
    try (Cluster cluster = Cluster.of(1, folder, Cluster.PACE)) {
      Node leader = cluster.leader();
      Node joiner = cluster.start(cluster.member("n9"));
      leader.door.introduced(joiner.self);
      get(leader.replica.add("n9"));
      long index = get(leader.replica.propose(command(1))).index();
      cluster.awaitApplied(index);
      Member learner = joiner.self;

      cluster.stop(leader);
      Node alone = joiner;
      await()
          .during(Cluster.PACE.watchEvery().multipliedBy(10))
          .atMost(PATIENCE)
          .until(() -> !alone.replica.leadership().isSelf());
      cluster.stop(joiner);
      Node again = cluster.start(learner);
      await()
          .during(Cluster.PACE.watchEvery().multipliedBy(10))
          .atMost(PATIENCE)
          .until(() -> !again.replica.leadership().isSelf());

      assertThat(again.replica.members()).extracting(Member::name).containsExactly("n0", "n9");
      assertThat(again.replica.newestTerm()).isEqualTo(1);
      assertThat(again.fatal).isEmpty();
    }
  }

  @Test
  void aRestartedVoterThatOnceJoinedVotes() throws Exception {
    try (Cluster cluster = Cluster.of(1, folder, Cluster.PACE)) {
      Node leader = cluster.leader();
      Node joiner = cluster.start(cluster.member("n9"));
      leader.door.introduced(joiner.self);
      get(leader.replica.add("n9"));
      get(leader.replica.promote("n9"));
      Member founder = leader.self;
      Member voter = joiner.self;
      cluster.stop(joiner);
      cluster.stop(leader);

      Node first = cluster.start(founder);
      Node second = cluster.start(voter);

      Node next = cluster.leader();
      long index = get(next.replica.propose(command(1))).index();
      cluster.awaitApplied(index);
      assertThat(List.of(first, second))
          .allSatisfy(node -> assertThat(node.replica.members()).hasSize(2));
    }
  }

  @Test
  void aLearnerThatIsBehindIsNotPromoted() throws Exception {
    try (Cluster cluster = Cluster.of(1, folder, Cluster.PACE)) {
      Node leader = cluster.leader();
      Node joiner = cluster.start(cluster.member("n9"));
      leader.door.introduced(joiner.self);
      get(leader.replica.add("n9"));
      Member learner = joiner.self;
      cluster.stop(joiner);
      for (int i = 0; i < 150; i++) {
        var _ = get(leader.replica.propose(command(i)));
      }

      assertFails(() -> get(leader.replica.promote("n9")), ErrorCode.LEARNER_NOT_READY);

      Node back = cluster.start(learner);
      cluster.awaitApplied(leader.store.applied().index());
      await().atMost(PATIENCE).until(() -> succeeds(leader.replica.promote("n9")));
      assertThat(back.replica.members())
          .allSatisfy(member -> assertThat(member.role()).isEqualTo(Member.Role.VOTER));
    }
  }

  @Test
  void aNewIncarnationTakesThePlaceOfALostOne() throws Exception {
    try (Cluster cluster = Cluster.of(3, folder, Cluster.PACE)) {
      Node leader = cluster.leader();
      Node lost = cluster.nodes.stream().filter(node -> node != leader).findFirst().orElseThrow();
      var _ = get(leader.replica.propose(command(1)));
      cluster.stop(lost);
      Node reborn = cluster.start(cluster.member(lost.self.name()));
      leader.door.introduced(reborn.self);
      assertThat(leader.replica.waiting()).containsExactly(reborn.self);
      assertFails(() -> get(leader.replica.promote(lost.self.name())), ErrorCode.INVALID_ARGUMENT);

      get(leader.replica.add(lost.self.name()));
      assertThat(leader.replica.members()).hasSize(3);
      assertThat(leader.replica.waiting()).isEmpty();
      assertThat(roleOf(leader, lost.self.name())).isEqualTo(Member.Role.LEARNER);
      get(leader.replica.promote(lost.self.name()));

      Node third =
          cluster.nodes.stream()
              .filter(node -> node != leader && node != reborn)
              .findFirst()
              .orElseThrow();
      cluster.stop(third);
      long index = get(leader.replica.propose(command(2))).index();
      cluster.awaitApplied(index);
      assertThat(leader.replica.members())
          .extracting(Member::incarnation)
          .contains(reborn.self.incarnation())
          .doesNotContain(lost.self.incarnation());
    }
  }

  @Test
  void aRemovedFollowerStopsWithAReason() throws Exception {
    try (Cluster cluster = Cluster.of(3, folder, Cluster.PACE)) {
      Node leader = cluster.leader();
      Node removed =
          cluster.nodes.stream().filter(node -> node != leader).findFirst().orElseThrow();
      var _ = get(leader.replica.propose(command(1)));

      get(leader.replica.remove(removed.self.name()));

      awaitRemoved(removed);
      long index = get(leader.replica.propose(command(2))).index();
      assertThat(get(leader.replica.readBarrier())).isGreaterThanOrEqualTo(index);
      assertThat(leader.replica.members()).hasSize(2);
      Member member = removed.self;
      cluster.stop(removed);
      awaitRemoved(cluster.start(member));
    }
  }

  @Test
  void aMemberThatWasRemovedWhileItWasAwayStopsWithAReason() throws Exception {
    try (Cluster cluster = Cluster.of(3, folder, Cluster.PACE)) {
      Node leader = cluster.leader();
      Node away = cluster.nodes.stream().filter(node -> node != leader).findFirst().orElseThrow();
      cluster.awaitApplied(get(leader.replica.propose(command(1))).index());
      Member member = away.self;
      cluster.stop(away);

      get(leader.replica.remove(member.name()));

      awaitRemoved(cluster.start(member));
      assertThat(leader.fatal).isEmpty();
    }
  }

  @Test
  void aLeaderThatIsRemovedStopsAndTheOthersGoOn() throws Exception {
    try (Cluster cluster = Cluster.of(3, folder, Cluster.PACE)) {
      Node leader = cluster.leader();
      cluster.awaitApplied(get(leader.replica.propose(command(1))).index());

      get(leader.replica.remove(leader.self.name()));

      awaitRemoved(leader);
      List<Node> others = cluster.nodes.stream().filter(node -> node != leader).toList();
      Node next = Cluster.leaderOf(others);
      var _ = get(next.replica.propose(command(2)));
      assertThat(next.replica.members()).hasSize(2);
    }
  }

  @Test
  void leadershipGoesWhereItIsSent() throws Exception {
    try (Cluster cluster = Cluster.of(3, folder, Cluster.PACE)) {
      Node leader = cluster.leader();
      Node heir = cluster.nodes.stream().filter(node -> node != leader).findFirst().orElseThrow();
      cluster.awaitApplied(get(leader.replica.propose(command(1))).index());

      get(leader.replica.transferLeadership(heir.self.name()));

      assertThat(cluster.leader()).isSameAs(heir);
      get(leader.replica.transferLeadership(leader.self.name()));
      assertThat(cluster.leader()).as("sent by a follower").isSameAs(leader);
      assertFails(
          () -> get(heir.replica.transferLeadership("nobody")), ErrorCode.BAD_LEADER_TRANSFEREE);
    }
  }

  @Test
  void aChangeThatCouldNotEndDoesNotBegin() throws Exception {
    try (Cluster cluster = Cluster.of(3, folder, Cluster.PACE)) {
      Node leader = cluster.leader();
      List<Node> followers = cluster.nodes.stream().filter(node -> node != leader).toList();
      cluster.awaitApplied(get(leader.replica.propose(command(1))).index());
      cluster.stop(followers.getFirst());
      await()
          .pollDelay(Duration.ofSeconds(2))
          .atMost(PATIENCE)
          .until(
              () ->
                  failsWith(
                      leader.replica.remove(followers.getLast().self.name()),
                      ErrorCode.UNREACHABLE));

      get(leader.replica.remove(followers.getFirst().self.name()));

      assertThat(leader.replica.members()).hasSize(2);
      assertFails(() -> get(leader.replica.remove("nobody")), ErrorCode.MEMBER_NOT_FOUND);
      assertFails(() -> get(leader.replica.add("nobody")), ErrorCode.MEMBER_NOT_FOUND);
      assertFails(
          () -> get(followers.getLast().replica.remove("nobody")), ErrorCode.MEMBER_NOT_FOUND);
    }
  }

  private static Member.Role roleOf(Node node, String name) {
    return node.replica.members().stream()
        .filter(member -> member.name().equals(name))
        .findFirst()
        .orElseThrow()
        .role();
  }

  private static void awaitRemoved(Node node) {
    await().atMost(PATIENCE).until(() -> !node.fatal.isEmpty());
    assertThat(node.fatal.element())
        .isInstanceOfSatisfying(
            TrivetException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.NOT_A_MEMBER);
              assertThat(e).hasMessageContaining("removed");
            });
  }

  private static boolean succeeds(Future<Void> change) throws InterruptedException {
    try {
      var _ = change.get();
      return true;
    } catch (ExecutionException _) {
      return false;
    }
  }

  private static boolean failsWith(Future<Void> change, ErrorCode code)
      throws InterruptedException {
    try {
      var _ = change.get();
      return false;
    } catch (ExecutionException e) {
      return e.getCause() instanceof TrivetException known && known.code() == code;
    }
  }

  private static void assertFails(ThrowingCallable call, ErrorCode code) {
    assertThatThrownBy(call)
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOfSatisfying(TrivetException.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}
