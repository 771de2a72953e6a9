package dev.trivet.replicate;

import static dev.trivet.replicate.Cluster.PATIENCE;
import static dev.trivet.replicate.Cluster.command;
import static dev.trivet.replicate.Cluster.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.trivet.peer.Member;
import dev.trivet.store.Batch;
import dev.trivet.store.LogPosition;
import dev.trivet.store.Store;
import dev.trivet.store.StoreOptions;
import dev.trivet.store.Table;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DigestComparisonTest {
  @TempDir Path folder;

  @Test
  void theNodeWhoseStateDiffersFromTwoOthersStops() throws Exception {
    try (Cluster cluster = Cluster.of(3, folder, Cluster.PACE)) {
      Node odd = withAnotherState(cluster);

      await().atMost(PATIENCE).until(() -> !odd.fatal.isEmpty());
      assertThat(odd.fatal.element()).hasMessageContaining("a majority has another one");
      assertThat(cluster.nodes)
          .filteredOn(node -> node != odd)
          .allSatisfy(node -> assertThat(node.fatal).isEmpty());
    }
  }

  @Test
  void whenOnlyTwoAnswerAndDifferNobodyStopsAndBothCountIt() throws Exception {
    try (Cluster cluster = Cluster.of(2, folder, Cluster.PACE)) {
      Node odd = withAnotherState(cluster);

      await()
          .atMost(PATIENCE)
          .until(
              () -> cluster.nodes.stream().allMatch(node -> node.replica.stateDifferences() > 1));
      assertThat(odd.fatal).isEmpty();
      assertThat(cluster.nodes).allSatisfy(node -> assertThat(node.fatal).isEmpty());
    }
  }

  @Test
  void nodesOfOneStateFindNoDifferenceUnderLoad() throws Exception {
    try (Cluster cluster = Cluster.of(3, folder, Cluster.PACE)) {
      Writer writer = Writer.start(cluster.leader().replica);

      await().atMost(PATIENCE).until(() -> writer.acknowledged.get() > 500);
      cluster.awaitApplied(writer.stop());

      assertThat(cluster.nodes)
          .allSatisfy(node -> assertThat(node.replica.stateDifferences()).isZero());
    }
  }

  /** A follower whose store skipped an entry and has a row that no other has. */
  private static Node withAnotherState(Cluster cluster) throws Exception {
    Node leader = cluster.leader();
    Node victim = cluster.nodes.stream().filter(node -> node != leader).findFirst().orElseThrow();
    cluster.awaitApplied(get(leader.replica.propose(command(1))).index());
    Member member = victim.self;
    cluster.stop(victim);
    try (Store store =
        Store.open(cluster.folderOf(member).resolve("store"), StoreOptions.DEFAULT)) {
      LogPosition applied = store.applied();
      Batch batch = store.begin();
      batch.put(Table.CURRENT, new byte[] {1}, new byte[] {2});
      store.commit(batch, new LogPosition(applied.term(), applied.index() + 1));
      store.flush();
    }
    Node odd = cluster.start(member);
    for (int i = 2; i < 6; i++) {
      long index =
          get(Cluster.leaderOf(List.copyOf(cluster.nodes)).replica.propose(command(i))).index();
      cluster.awaitApplied(index);
    }
    return odd;
  }
}
