package dev.trivet.replicate;

import static dev.trivet.replicate.Cluster.PATIENCE;
import static dev.trivet.replicate.Cluster.command;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.peer.Member;
import io.grpc.Status;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A leader whose server is gone from one moment to the next: its connections are never ended. */
final class LostLeaderTest {
  private static final Duration ELECTION_MAX = Duration.ofMillis(900);

  /** The nodes' ports are here, the gates are where the nodes look for each other. */
  private static final String BEHIND = "127.0.0.2";

  @TempDir Path folder;
  private final List<Node> nodes = new ArrayList<>();

  /** The ways to each node, by its name. */
  private final Map<String, List<Gate>> gates = new HashMap<>();

  @BeforeEach
  void startThree() throws IOException {
    try (Cluster cluster = new Cluster(folder, Cluster.PACE)) {
      List<Member> members = cluster.members(3);
      for (Member member : members) {
        gates.put(
            member.name(), List.of(gateTo(member.raftAddress()), gateTo(member.peerAddress())));
        nodes.add(
            new Node(
                cluster.folderOf(member), member, members, Cluster.PACE, ELECTION_MAX, BEHIND));
      }
    }
  }

  @AfterEach
  void stopAll() throws IOException {
    for (Node node : nodes) {
      node.close();
    }
    for (List<Gate> ways : gates.values()) {
      for (Gate gate : ways) {
        gate.close();
      }
    }
  }

  @Test
  void whatIsAskedOfALostLeaderFailsWhenAnotherLeadsAndNotAtItsDeadline() throws Exception {
    Node lost = Cluster.leaderOf(nodes);
    Node other = nodes.stream().filter(node -> node != lost).findFirst().orElseThrow();
    gates.getOrDefault(lost.self.name(), List.of()).forEach(Gate::shut);

    CompletableFuture<Committed> command = other.replica.propose(command(1));
    CompletableFuture<Long> barrier = other.replica.readBarrier();
    nodes.remove(lost);
    lost.close();

    assertThat(failureOf(command).code()).isEqualTo(ErrorCode.OUTCOME_UNKNOWN);
    assertThat(failureOf(barrier).code()).isEqualTo(ErrorCode.UNREACHABLE);
    assertThat(Status.fromThrowable(failureOf(barrier)).getCode()).isEqualTo(Status.Code.CANCELLED);
  }

  private static TrivetException failureOf(CompletableFuture<?> future) {
    await().atMost(PATIENCE).until(future::isDone);
    assertThat(future).isCompletedExceptionally();
    return (TrivetException) future.exceptionNow();
  }

  private static Gate gateTo(String address) throws IOException {
    int port = Integer.parseInt(address.substring("127.0.0.1:".length()));
    return new Gate(port, new InetSocketAddress(BEHIND, port));
  }
}
