package dev.trivet.replicate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.peer.Member;
import dev.trivet.proto.log.Command;
import dev.trivet.proto.log.CreateVolume;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReplicaTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final long NO_SNAPSHOTS = 1_000_000;

  @TempDir Path folder;
  private final List<Member> members = new ArrayList<>();
  private final List<Node> nodes = new ArrayList<>();

  @BeforeEach
  void startThree() throws IOException {
    List<Integer> ports = freePorts(6);
    for (int i = 0; i < 3; i++) {
      members.add(
          new Member(
              "n" + i,
              "000000000000000" + (i + 1),
              "127.0.0.1:" + ports.get(2 * i),
              "127.0.0.1:" + ports.get(2 * i + 1),
              "127.0.0.1:1",
              Member.Role.VOTER));
    }
    for (int i = 0; i < 3; i++) {
      nodes.add(start(i));
    }
  }

  @AfterEach
  void stopAll() throws IOException {
    for (Node node : nodes) {
      node.close();
    }
  }

  @Test
  void aBarrierAtAFollowerSeesWhatWasProposedThroughAnother() throws Exception {
    Node leader = leader();
    List<Node> followers = nodes.stream().filter(node -> node != leader).toList();

    for (int i = 0; i < 20; i++) {
      Committed committed = get(followers.getFirst().replica.propose(command(i)));
      long index = get(followers.getLast().replica.readBarrier());

      assertThat(index).isGreaterThanOrEqualTo(committed.index());
      assertThat(followers.getLast().store.applied().index())
          .isGreaterThanOrEqualTo(committed.index());
    }
    assertThat(nodes).allSatisfy(node -> assertThat(node.fatal).isEmpty());
  }

  @Test
  void whenTheLeaderStopsAnotherGoesOnAndWithoutAMajorityNoBarrierHolds() throws Exception {
    Node first = leader();
    Committed before = get(first.replica.propose(command(1)));
    // Ratis does not count the vote of a node whose log is still empty.
    await()
        .atMost(PATIENCE)
        .until(
            () -> nodes.stream().allMatch(node -> node.store.applied().index() >= before.index()));
    stop(first);

    Node second = leader();
    Committed after = get(second.replica.propose(command(2)));
    assertThat(after.index()).isGreaterThan(before.index());
    assertThat(get(second.replica.readBarrier())).isGreaterThanOrEqualTo(after.index());

    stop(nodes.stream().filter(node -> node != second).findFirst().orElseThrow());
    assertThatThrownBy(() -> get(second.replica.readBarrier()))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOfSatisfying(
            TrivetException.class,
            e -> assertThat(e.code()).isIn(ErrorCode.NO_LEADER, ErrorCode.NOT_LEADER));
  }

  @Test
  void aLeaderWhoseQuestionNobodyAnswersServesNoBarrier() throws Exception {
    Node leader = leader();
    nodes.stream().filter(node -> node != leader).forEach(Node::closePeerPort);

    assertThatThrownBy(() -> get(leader.replica.readBarrier()))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOfSatisfying(
            TrivetException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NO_LEADER));
    assertThat(leader.replica.leadership().isSelf()).isTrue();
  }

  @Test
  void aRestartAppliesNothingTwice() throws Exception {
    Node leader = leader();
    long last = 0;
    for (int i = 0; i < 10; i++) {
      last = get(leader.replica.propose(command(i))).index();
    }
    long stateHash = leader.store.stateHash();
    // A follower that stops before it heard of the last commit rightly applies it after the
    // restart.
    long all = last;
    await().until(() -> nodes.stream().allMatch(node -> node.store.applied().index() >= all));
    for (Node node : List.copyOf(nodes)) {
      node.store.flush();
      stop(node);
    }

    for (int i = 0; i < 3; i++) {
      nodes.add(start(i));
    }
    Node next = leader();
    long barrier = get(next.replica.readBarrier());

    assertThat(barrier).isGreaterThan(last);
    assertThat(next.appliedIndexes).isEmpty();
    assertThat(next.store.stateHash()).isEqualTo(stateHash);
    assertThat(next.fatal).isEmpty();
  }

  private Node start(int i) throws IOException {
    return new Node(folder.resolve("n" + i), members.get(i), members, NO_SNAPSHOTS);
  }

  private void stop(Node node) throws IOException {
    nodes.remove(node);
    node.close();
  }

  private Node leader() {
    await()
        .atMost(PATIENCE)
        .until(() -> nodes.stream().anyMatch(node -> node.replica.leadership().isSelf()));
    Node leader =
        nodes.stream().filter(node -> node.replica.leadership().isSelf()).findFirst().orElseThrow();
    Member self = leader.replica.leadership().leader();
    await()
        .atMost(PATIENCE)
        .until(() -> nodes.stream().allMatch(node -> String.valueOf(self).equals(leaderOf(node))));
    return leader;
  }

  private static String leaderOf(Node node) {
    return String.valueOf(node.replica.leadership().leader());
  }

  private static Command command(int number) {
    return Command.newBuilder()
        .setCreateVolume(CreateVolume.newBuilder().setName("v" + number))
        .build();
  }

  private static <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  private static List<Integer> freePorts(int count) throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    List<Integer> ports = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
      sockets.add(socket);
      ports.add(socket.getLocalPort());
    }
    for (ServerSocket socket : sockets) {
      socket.close();
    }
    return ports;
  }
}
