package dev.trivet.replicate;

import static dev.trivet.replicate.Cluster.PATIENCE;
import static dev.trivet.replicate.Cluster.command;
import static dev.trivet.replicate.Cluster.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trivet.errors.TrivetException;
import dev.trivet.peer.Member;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A leader that Raft's messages no longer reach, while its own questions still reach the others:
 * what makes a lease or a leadership confirmed for another read serve stale values.
 */
final class StaleReadTest {
  private static final int ROUNDS = Integer.getInteger("trivet.rounds", 4);

  /** So late that a follower, which waits 500 ms at least, mostly stands for election before. */
  private static final Duration STEPS_DOWN_AFTER = Duration.ofSeconds(4);

  @TempDir Path folder;
  private final List<Node> nodes = new ArrayList<>();

  /** Raft's ways from one node to another, by name: entries by the peer port go the same way. */
  private final Map<String, Map<String, Gate>> gates = new HashMap<>();

  @BeforeEach
  void startThree() throws IOException {
    try (Cluster cluster = new Cluster(folder, Cluster.PACE)) {
      List<Member> members = cluster.members(3);
      for (Member member : members) {
        List<Member> seen = new ArrayList<>();
        for (Member other : members) {
          seen.add(other.equals(member) ? member : throughGate(member, other));
        }
        nodes.add(
            new Node(
                cluster.folderOf(member),
                member,
                seen,
                Cluster.PACE,
                STEPS_DOWN_AFTER,
                "127.0.0.1",
                network -> new AppendGate(network, to -> isShut(member.name(), to.name()))));
      }
    }
  }

  @AfterEach
  void stopAll() throws IOException {
    for (Node node : nodes) {
      node.close();
    }
    for (Map<String, Gate> ways : gates.values()) {
      for (Gate gate : ways.values()) {
        gate.close();
      }
    }
  }

  @Test
  void aLeaderThatWasSucceededServesNoReadThatMissesTheSuccessorsWrite() throws Exception {
    long reads = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Node old = Cluster.leaderOf(nodes);
      Reader reader = new Reader(old.replica);
      for (Gate gate : around(old)) {
        gate.shut();
      }

      Node successor = Cluster.leaderOf(nodes.stream().filter(node -> node != old).toList());
      reader.required.set(get(successor.replica.propose(command(round))).index());

      reader.awaitRoundAfterWrite();
      for (Gate gate : around(old)) {
        gate.open();
      }
      reads += reader.stop();
    }
    assertThat(reads).isPositive();
    assertThat(nodes).allSatisfy(node -> assertThat(node.fatal).isEmpty());
  }

  /** Asks for barriers all the time, and holds each against what was written when it asked. */
  private static final class Reader {
    final AtomicLong required = new AtomicLong(-1);
    private final AtomicLong served = new AtomicLong();
    private final AtomicLong answeredAfterWrite = new AtomicLong();
    private final Replica replica;
    private final Thread thread;
    private volatile boolean isStopped;
    private volatile String violation = "";

    Reader(Replica replica) {
      this.replica = replica;
      this.thread = Thread.ofPlatform().daemon().start(this::run);
    }

    void awaitRoundAfterWrite() {
      org.awaitility.Awaitility.await()
          .atMost(PATIENCE)
          .until(() -> answeredAfterWrite.get() > 2 || !violation.isEmpty());
    }

    long stop() throws InterruptedException {
      isStopped = true;
      thread.join();
      assertThat(violation).isEmpty();
      return served.get();
    }

    private void run() {
      try {
        while (!isStopped) {
          read(required.get());
        }
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }

    private void read(long needed) throws InterruptedException {
      try {
        long index = replica.readBarrier().get();
        var _ = served.incrementAndGet();
        if (index < needed) {
          violation = "a barrier held at %d after a write at %d".formatted(index, needed);
        }
      } catch (ExecutionException e) {
        assertThat(e.getCause()).isInstanceOf(TrivetException.class);
      }
      if (needed >= 0) {
        var _ = answeredAfterWrite.incrementAndGet();
      }
    }
  }

  private Member throughGate(Member from, Member to) throws IOException {
    int target = Integer.parseInt(to.raftAddress().substring("127.0.0.1:".length()));
    Gate gate = new Gate(target);
    gates.computeIfAbsent(from.name(), _ -> new HashMap<>()).put(to.name(), gate);
    return new Member(
        to.name(),
        to.incarnation(),
        "127.0.0.1:" + gate.port(),
        to.peerAddress(),
        to.clientAddress(),
        to.role());
  }

  private boolean isShut(String from, String to) {
    Gate gate = gates.getOrDefault(from, Map.of()).get(to);
    return gate != null && gate.isShut();
  }

  private List<Gate> around(Node node) {
    List<Gate> around = new ArrayList<>(gates.getOrDefault(node.self.name(), Map.of()).values());
    for (Map<String, Gate> ways : gates.values()) {
      Gate gate = ways.get(node.self.name());
      if (gate != null) {
        around.add(gate);
      }
    }
    return around;
  }
}
