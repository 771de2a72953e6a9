package dev.trivet.replicate;

import static dev.trivet.replicate.Cluster.command;
import static dev.trivet.replicate.Cluster.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.log.Command;
import dev.trivet.proto.log.CreateVolume;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class GroupCommitTest {
  private final ConcurrentLinkedQueue<Throwable> fatal = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<LiveBatch> appended = new ConcurrentLinkedQueue<>();

  private final ScheduledExecutorService network = Executors.newSingleThreadScheduledExecutor();

  @AfterEach
  void stop() {
    network.shutdownNow();
  }

  @Test
  void noProposalWaitsForEverForALogThatDoesNotAnswer() throws Exception {
    try (GroupCommit commits = started(new CompletableFuture<>())) {
      CompletableFuture<Committed> first = propose(commits, 1);
      await().until(() -> appended.size() == 1);
      CompletableFuture<Committed> second = propose(commits, 2);
      CompletableFuture<Committed> third = propose(commits, 3);

      assertFails(first, ErrorCode.DEADLINE_EXCEEDED);
      assertFails(second, ErrorCode.NO_LEADER);
      assertFails(third, ErrorCode.NO_LEADER);
      assertThat(appended).hasSize(1);
    }
  }

  @Test
  void whatTheLogHasNotTakenInTimeIsNotTakenLater() throws Exception {
    CompletableFuture<Void> answer = new CompletableFuture<>();
    try (GroupCommit commits = started(answer)) {
      var _ = propose(commits, 1);
      await().until(() -> appended.size() == 1);
      assertFails(propose(commits, 2), ErrorCode.NO_LEADER);

      answer.complete(null);
      var _ = propose(commits, 3);

      await().until(() -> appended.size() == 2);
      assertThat(appended.stream().flatMap(batch -> batch.commands().stream()))
          .containsExactly(command(1), command(3));
    }
  }

  @Test
  void aSecondEntrySetsOutOnlyWhenMuchWaitsAndAThirdNever() {
    Command large =
        Command.newBuilder()
            .setCreateVolume(CreateVolume.newBuilder().setName("v".repeat(256 << 10)))
            .build();
    try (GroupCommit commits = started(new CompletableFuture<>())) {
      var _ = propose(commits, 1);
      await().until(() -> appended.size() == 1);
      var _ = propose(commits, 2);
      settle();
      assertThat(appended).hasSize(1);

      var _ = commits.propose(List.of(large));
      settle();
      assertThat(appended).hasSize(2);
      assertThat(appended)
          .last()
          .extracting(LiveBatch::commands)
          .isEqualTo(List.of(command(2), large));

      var _ = commits.propose(List.of(large));
      settle();
      assertThat(appended).hasSize(2);
    }
  }

  @Test
  void allThatIsProposedWhileTheNetworksThreadIsBusyIsOneEntry() {
    CountDownLatch isDone = new CountDownLatch(1);
    try (GroupCommit commits = started(new CompletableFuture<>())) {
      network.execute(() -> waitFor(isDone));
      var _ = propose(commits, 1);
      var _ = propose(commits, 2);
      isDone.countDown();

      await().until(() -> appended.size() == 1);
      assertThat(appended.element().commands()).containsExactly(command(1), command(2));
    }
  }

  @Test
  void commandsProposedTogetherBecomeOneEntry() {
    try (GroupCommit commits = started(new CompletableFuture<>())) {
      var _ = commits.propose(List.of(command(1), command(2), command(3)));
      settle();

      assertThat(appended).hasSize(1);
      assertThat(appended.element().commands()).containsExactly(command(1), command(2), command(3));
    }
  }

  @Test
  void aBatcherThatBreaksStopsTheNode() throws Exception {
    IllegalStateException broken = new IllegalStateException("broken");
    GroupCommit.Door door =
        (_, _) -> {
          throw broken;
        };
    try (GroupCommit commits =
        new GroupCommit(
            door,
            network,
            new GroupCommit.Clocks(InstantSource.system(), System::nanoTime),
            Duration.ofSeconds(10),
            fatal::add)) {
      commits.start();
      var _ = propose(commits, 1);

      await().until(() -> fatal.contains(broken));
    }
  }

  /** Until the network's thread has done all that it was given so far. */
  private void settle() {
    CompletableFuture.runAsync(() -> {}, network).join();
  }

  private static void waitFor(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static CompletableFuture<Committed> propose(GroupCommit commits, int number) {
    return commits.propose(List.of(command(number))).getFirst();
  }

  private GroupCommit started(CompletableFuture<Void> answer) {
    GroupCommit commits =
        new GroupCommit(
            (batch, _) -> {
              appended.add(batch);
              return answer;
            },
            network,
            new GroupCommit.Clocks(InstantSource.system(), System::nanoTime),
            Duration.ofMillis(300),
            fatal::add);
    commits.start();
    return commits;
  }

  private static void assertFails(CompletableFuture<Committed> proposal, ErrorCode code) {
    assertThatThrownBy(() -> get(proposal))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOfSatisfying(TrivetException.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}
