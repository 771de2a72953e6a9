package dev.trivet.replicate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.trivet.peer.Member;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LeaderLossTest {
  private static final Duration ELECTION_MAX = Duration.ofSeconds(36);

  /** The shortest time-out is 20 s, from the last word of the leader on. */
  private static final Duration SOONER = Duration.ofSeconds(15);

  @TempDir Path folder;

  @Test
  void aLeaderWhoseServerIsGoneIsReplacedWithoutWaitingForTheTimeOut() throws Exception {
    List<Node> nodes = new ArrayList<>();
    try (Cluster cluster = new Cluster(folder, Cluster.PACE)) {
      List<Member> members = cluster.members(3);
      for (Member member : members) {
        nodes.add(new Node(cluster.folderOf(member), member, members, Cluster.PACE, ELECTION_MAX));
      }
      Node leader = Cluster.leaderOf(nodes);
      assertThat(leader.replica.propose(Cluster.command(1))).succeedsWithin(Cluster.PATIENCE);

      nodes.remove(leader);
      leader.close();

      await()
          .atMost(SOONER)
          .until(() -> nodes.stream().anyMatch(node -> node.replica.leadership().isSelf()));
    } finally {
      for (Node node : nodes) {
        node.close();
      }
    }
  }
}
