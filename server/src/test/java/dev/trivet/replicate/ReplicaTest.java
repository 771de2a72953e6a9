package dev.trivet.replicate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.peer.Member;
import dev.trivet.proto.log.Command;
import dev.trivet.proto.log.CreateVolume;
import dev.trivet.proto.log.Outcome;
import io.grpc.Context;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReplicaTest {
  @TempDir Path folder;
  private Cluster cluster;

  @BeforeEach
  void startThree() throws IOException {
    cluster = Cluster.of(3, folder, Cluster.PACE);
  }

  @AfterEach
  void stopAll() throws IOException {
    cluster.close();
  }

  @Test
  void aBarrierAtAFollowerSeesWhatWasProposedThroughAnother() throws Exception {
    Node leader = cluster.leader();
    List<Node> followers = cluster.nodes.stream().filter(node -> node != leader).toList();

    for (int i = 0; i < 20; i++) {
      Committed committed = Cluster.get(followers.getFirst().replica.propose(Cluster.command(i)));
      long index = Cluster.get(followers.getLast().replica.readBarrier());

      assertThat(index).isGreaterThanOrEqualTo(committed.index());
      assertThat(followers.getLast().store.applied().index())
          .isGreaterThanOrEqualTo(committed.index());
    }
    assertThat(cluster.nodes).allSatisfy(node -> assertThat(node.fatal).isEmpty());
  }

  @Test
  void eachOfManyCommandsOfAFollowerGetsItsOwnAnswer() throws Exception {
    Node leader = cluster.leader();
    Node follower = cluster.nodes.stream().filter(node -> node != leader).findFirst().orElseThrow();
    List<Command> commands = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      commands.add(Cluster.command(i % 2_000));
    }
    commands.add(
        1_500,
        Command.newBuilder()
            .setCreateVolume(CreateVolume.newBuilder().setName("x".repeat(9 << 20)))
            .build());

    List<CompletableFuture<Committed>> answers =
        commands.stream().map(follower.replica::propose).toList();

    Set<String> created = new HashSet<>();
    for (int i = 0; i < commands.size(); i++) {
      String name = commands.get(i).getCreateVolume().getName();
      if (i == 1_500) {
        assertThat(answers.get(i))
            .failsWithin(Cluster.PATIENCE)
            .withThrowableOfType(ExecutionException.class)
            .withCauseInstanceOf(TrivetException.class);
        continue;
      }
      Outcome outcome = Cluster.get(answers.get(i)).outcome();
      if (created.add(name)) {
        assertThat(outcome.getVolume().getName()).isEqualTo(name);
      } else {
        assertThat(outcome.getRefusal().getCode()).isEqualTo(ErrorCode.VOLUME_EXISTS.name());
      }
    }
    assertThat(created).hasSize(2_000);
  }

  @Test
  void aCallThatEndsDoesNotTakeTheCommandsAndReadsOfOthersWithIt() throws Exception {
    Node leader = cluster.leader();
    List<CompletableFuture<?>> answers = new ArrayList<>();

    for (int i = 0; i < 50; i++) {
      for (Node node : cluster.nodes) {
        Command command = Cluster.command(answers.size());
        Context.CancellableContext call = Context.current().withCancellation();
        call.run(
            () -> {
              answers.add(node.replica.propose(command));
              answers.add(node.replica.readBarrier());
            });
        call.cancel(null);
      }
    }

    for (CompletableFuture<?> answer : answers) {
      assertThat(answer).succeedsWithin(Cluster.PATIENCE);
    }
    assertThat(cluster.leader()).isSameAs(leader);
  }

  @Test
  void whenTheLeaderStopsAnotherGoesOnAndWithoutAMajorityNoBarrierHolds() throws Exception {
    Node first = cluster.leader();
    Committed before = Cluster.get(first.replica.propose(Cluster.command(1)));
    // Ratis does not count the vote of a node whose log is still empty.
    await()
        .atMost(Cluster.PATIENCE)
        .until(
            () ->
                cluster.nodes.stream()
                    .allMatch(node -> node.store.applied().index() >= before.index()));
    cluster.stop(first);

    Node second = cluster.leader();
    Committed after = Cluster.get(second.replica.propose(Cluster.command(2)));
    assertThat(after.index()).isGreaterThan(before.index());
    assertThat(Cluster.get(second.replica.readBarrier())).isGreaterThanOrEqualTo(after.index());

    cluster.stop(cluster.nodes.stream().filter(node -> node != second).findFirst().orElseThrow());
    assertThatThrownBy(() -> Cluster.get(second.replica.readBarrier()))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOfSatisfying(
            TrivetException.class,
            e -> assertThat(e.code()).isIn(ErrorCode.NO_LEADER, ErrorCode.NOT_LEADER));
  }

  @Test
  void aLeaderWhoseQuestionNobodyAnswersServesNoBarrier() throws Exception {
    Node leader = cluster.leader();
    cluster.nodes.stream().filter(node -> node != leader).forEach(Node::closePeerPort);

    assertThatThrownBy(() -> Cluster.get(leader.replica.readBarrier()))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOfSatisfying(
            TrivetException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NO_LEADER));
    assertThat(leader.replica.leadership().isSelf()).isTrue();
  }

  @Test
  void aRestartAppliesNothingTwice() throws Exception {
    Node leader = cluster.leader();
    long last = 0;
    for (int i = 0; i < 10; i++) {
      last = Cluster.get(leader.replica.propose(Cluster.command(i))).index();
    }
    long stateHash = leader.store.stateHash();
    // A follower that stops before it heard of the last commit rightly applies it after the
    // restart.
    long all = last;
    await()
        .until(() -> cluster.nodes.stream().allMatch(node -> node.store.applied().index() >= all));
    for (Node node : List.copyOf(cluster.nodes)) {
      node.store.flush();
      cluster.stop(node);
    }

    for (Member founder : cluster.founders) {
      var _ = cluster.start(founder);
    }
    Node next = cluster.leader();
    long barrier = Cluster.get(next.replica.readBarrier());

    assertThat(barrier).isGreaterThan(last);
    assertThat(next.appliedIndexes).isEmpty();
    assertThat(next.store.stateHash()).isEqualTo(stateHash);
    assertThat(next.fatal).isEmpty();
  }
}
