package dev.trivet.replicate;

import static dev.trivet.replicate.Cluster.PATIENCE;
import static dev.trivet.replicate.Cluster.command;
import static dev.trivet.replicate.Cluster.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.trivet.peer.Member;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.proto.log.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SnapshotTest {
  private static final ReplicaPace SNAPSHOTS_OFTEN =
      new ReplicaPace(50, 2048, Duration.ofMillis(300));

  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final int MOST_VALUES = 600;

  @TempDir Path folder;

  @Test
  void aFollowerWhoseLogIsPurgedElsewhereComesBackBySnapshotWhileTheClusterServes()
      throws Exception {
    try (Cluster cluster = Cluster.of(3, folder, SNAPSHOTS_OFTEN)) {
      Node leader = cluster.leader();
      Node away = cluster.nodes.stream().filter(node -> node != leader).findFirst().orElseThrow();
      long known = get(leader.replica.propose(command(-1))).index();
      cluster.awaitApplied(known);
      Member member = away.self;
      cluster.stop(away);
      for (int i = 0; i < 170; i++) {
        var _ = get(leader.replica.propose(command(i)));
      }

      Writer writer = Writer.start(leader.replica);
      Node back = cluster.start(member);
      await().atMost(PATIENCE).until(() -> back.restored.get() > 0);
      long during = writer.acknowledged.get();
      await().atMost(PATIENCE).until(() -> writer.acknowledged.get() > during + 20);
      long last = writer.stop();

      cluster.awaitApplied(last);
      assertThat(cluster.nodes)
          .allSatisfy(
              node -> assertThat(node.store.stateHash()).isEqualTo(leader.store.stateHash()));
      assertThat(get(back.replica.readBarrier())).isGreaterThanOrEqualTo(last);
      assertThat(cluster.nodes).allSatisfy(node -> assertThat(node.fatal).isEmpty());
    }
  }

  @Test
  void aSnapshotWithFilesLargerThanAMessageArrivesAtANewMember() throws Exception {
    try (Cluster cluster = Cluster.of(1, folder, new ReplicaPace(40, 4 << 20, SECOND))) {
      Node leader = cluster.leader();
      byte[] value = new byte[1 << 20];
      Random random = new Random(1);
      Path raft = cluster.folderOf(leader.self).resolve("raft");
      // RocksDB merges files when it likes: until there is one that no message of Raft's can hold.
      for (int i = 0; largestFile(raft, "checkpoint") <= 2 * RaftSettings.MAX_ENTRY_BYTES; i++) {
        assertThat(i).isLessThan(MOST_VALUES);
        random.nextBytes(value);
        var _ = get(leader.replica.propose(put("k" + i % 100, value)));
      }
      Node joiner = cluster.start(cluster.member("n9"));
      leader.door.introduced(joiner.self);

      get(leader.replica.add("n9"));

      await().atMost(PATIENCE).until(() -> joiner.restored.get() > 0);
      Committed last = get(leader.replica.propose(command(-1)));
      cluster.awaitApplied(last.index());
      assertThat(joiner.store.stateHash()).isEqualTo(leader.store.stateHash());
      assertThat(cluster.nodes).allSatisfy(node -> assertThat(node.fatal).isEmpty());
    }
  }

  @Test
  void aNewMemberThatRefusesTheFirstSnapshotsGetsALaterOne() throws Exception {
    AtomicInteger refusals = new AtomicInteger(2);
    try (Cluster cluster = new Cluster(folder, SNAPSHOTS_OFTEN)) {
      cluster.founders.addAll(cluster.members(1));
      Member founder = cluster.founders.getFirst();
      Node leader =
          new Node(
              cluster.folderOf(founder),
              founder,
              cluster.founders,
              SNAPSHOTS_OFTEN,
              Duration.ofMillis(900),
              "127.0.0.1",
              network -> new RefusedSnapshots(network, refusals));
      cluster.nodes.add(leader);
      var _ = cluster.leader();
      for (int i = 0; i < 170; i++) {
        var _ = get(leader.replica.propose(command(i)));
      }
      Node joiner = cluster.start(cluster.member("n9"));
      leader.door.introduced(joiner.self);

      get(leader.replica.add("n9"));

      assertThat(refusals).hasValue(0);
      await().atMost(PATIENCE).until(() -> joiner.restored.get() > 0);
      cluster.awaitApplied(get(leader.replica.propose(command(-1))).index());
      assertThat(joiner.store.stateHash()).isEqualTo(leader.store.stateHash());
    }
  }

  private static Command put(String key, byte[] value) {
    return Command.newBuilder()
        .setPut(
            PutRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(key))
                .setValue(ByteString.copyFrom(value)))
        .build();
  }

  private static long largestFile(Path raft, String below) throws IOException {
    try (var files = Files.walk(raft)) {
      return files
          .filter(file -> file.toString().contains(below) && Files.isRegularFile(file))
          .mapToLong(file -> file.toFile().length())
          .max()
          .orElse(0);
    } catch (NoSuchFileException | UncheckedIOException _) {
      // A snapshot was just put in place, or removed.
      return 0;
    }
  }

  @Test
  void aNodeThatJoinsBySnapshotKnowsTheMembersAfterARestart() throws Exception {
    try (Cluster cluster = Cluster.of(1, folder, SNAPSHOTS_OFTEN)) {
      Node leader = cluster.leader();
      for (int i = 0; i < 170; i++) {
        var _ = get(leader.replica.propose(command(i)));
      }
      Node joiner = cluster.start(cluster.member("n9"));
      leader.door.introduced(joiner.self);

      get(leader.replica.add("n9"));
      get(leader.replica.promote("n9"));
      await().atMost(PATIENCE).until(() -> joiner.restored.get() > 0);
      List<Member> members = leader.replica.members();
      Member member = joiner.self;
      cluster.stop(joiner);
      Node again = cluster.start(member);

      // Of two voters one was away: the leader may give up at any time until one is elected anew.
      Committed settled =
          await()
              .atMost(PATIENCE)
              .ignoreException(ExecutionException.class)
              .until(() -> get(cluster.leader().replica.propose(command(-1))), _ -> true);
      cluster.awaitApplied(settled.index());
      assertThat(again.replica.members()).isEqualTo(members);
      assertThat(again.store.stateHash()).isEqualTo(leader.store.stateHash());
    }
  }
}
