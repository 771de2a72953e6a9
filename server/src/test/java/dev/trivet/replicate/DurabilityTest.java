package dev.trivet.replicate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.ratis.grpc.server.GrpcServices;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.server.storage.RaftStorageMetadata;
import org.apache.ratis.util.ProtoUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What must be on disk before it is told, seen by the order of the events. */
final class DurabilityTest {
  private static final RaftPeerId SELF = RaftPeerId.valueOf("n0@0000000000000001");

  @TempDir Path folder;
  private final List<String> events = new ArrayList<>();
  private final List<Throwable> fatal = new ArrayList<>();
  private final DurableEntries entries = new DurableEntries();

  /** What Ratis answers to entries, one after the other. */
  private final Deque<CompletableFuture<AppendEntriesReplyProto>> logged = new ArrayDeque<>();

  private RaftStorage storage;
  private DurableVotes votes;

  @BeforeEach
  void open() throws IOException {
    storage = Storages.open(folder.resolve("data/raft/group"));
    votes =
        new DurableVotes(
            synced -> events.add("sync " + synced.getFileName()),
            _ -> events.add("vote on disk"),
            fatal::add);
    votes.open(storage);
  }

  @AfterEach
  void close() throws IOException {
    storage.close();
  }

  @Test
  void newFoldersAreSyncedUpToTheDataFolder() {
    assertThat(events)
        .containsExactly("vote on disk", "sync data", "sync raft", "sync group", "sync current");
  }

  @Test
  void aVoteIsAnsweredWhenItIsOnDisk() throws Exception {
    RaftServer guarded = IncomingCalls.guard(voter(7), votes, entries, new SnapshotFolders());
    events.clear();

    assertThat(guarded.requestVote(question(SELF)).getTerm()).isEqualTo(7);
    assertThat(events).containsExactly("vote in 7", "vote on disk");

    assertThat(guarded.requestVote(question(SELF)).getTerm()).isEqualTo(7);
    assertThat(events).containsExactly("vote in 7", "vote on disk", "vote in 7");
  }

  @Test
  void aQuestionToAnotherIncarnationReachesNobody() {
    RaftServer guarded = IncomingCalls.guard(voter(7), votes, entries, new SnapshotFolders());
    events.clear();

    assertThatThrownBy(
            () -> guarded.requestVote(question(RaftPeerId.valueOf("n0@0000000000000002"))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("n0@0000000000000002");
    assertThat(events).isEmpty();
  }

  @Test
  void aCandidateAsksAfterItsOwnVoteIsSynced() throws Exception {
    GrpcServices network =
        (GrpcServices)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {GrpcServices.class},
                (_, method, _) -> {
                  events.add(method.getName());
                  return RequestVoteReplyProto.getDefaultInstance();
                });
    GrpcServices guarded = OutgoingCalls.guard(network, votes);
    storage.getMetadataFile().persist(RaftStorageMetadata.valueOf(3, SELF));
    events.clear();

    var _ = guarded.requestVote(question(SELF));

    assertThat(events).containsExactly("vote on disk", "requestVote");
  }

  @Test
  void aVoteThatCannotBeBroughtToDiskIsNotAnsweredAndStopsTheNode() throws Exception {
    DurableVotes broken =
        new DurableVotes(
            _ -> {},
            _ -> {
              if (!events.isEmpty()) {
                throw new IOException("the disk is gone");
              }
            },
            fatal::add);
    events.clear();
    broken.open(storage);
    RaftServer guarded = IncomingCalls.guard(voter(8), broken, entries, new SnapshotFolders());

    assertThatThrownBy(() -> guarded.requestVote(question(SELF)))
        .isInstanceOf(IOException.class)
        .hasMessage("the disk is gone");
    assertThat(fatal).singleElement().isInstanceOf(IOException.class);
  }

  @Test
  void aSyncThatWasInterruptedTellsNothingAndStopsNobodyAndTheNextOneIsDone() throws Exception {
    AtomicBoolean isInterrupted = new AtomicBoolean();
    DurableVotes interrupted =
        new DurableVotes(
            _ -> {},
            _ -> {
              if (isInterrupted.getAndSet(false)) {
                throw new ClosedByInterruptException();
              }
              events.add("synced");
            },
            fatal::add);
    events.clear();
    interrupted.open(storage);
    events.clear();
    events.add("opened");
    isInterrupted.set(true);
    RaftServer guarded = IncomingCalls.guard(voter(8), interrupted, entries, new SnapshotFolders());

    assertThatThrownBy(() -> guarded.requestVote(question(SELF)))
        .isInstanceOf(ClosedByInterruptException.class);
    assertThat(fatal).isEmpty();
    assertThat(events).doesNotContain("synced");

    assertThat(guarded.requestVote(question(SELF)).getTerm()).isEqualTo(8);
    assertThat(events).endsWith("synced");
  }

  @Test
  void eachNewLogSegmentIsSyncedOnceByName() throws Exception {
    LogFolder log = new LogFolder(folder, synced -> events.add("sync " + Files.exists(synced)));
    events.clear();

    Files.createFile(folder.resolve("log_inprogress_0"));
    log.beforeSegmentSync();
    log.beforeSegmentSync();
    assertThat(events).hasSize(1);

    Files.move(folder.resolve("log_inprogress_0"), folder.resolve("log_0-9"));
    Files.createFile(folder.resolve("log_inprogress_10"));
    log.beforeSegmentSync();
    log.beforeSegmentSync();
    assertThat(events).hasSize(2);

    Files.delete(folder.resolve("log_inprogress_10"));
    Files.createFile(folder.resolve("log_inprogress_10"));
    log.beforeSegmentSync();
    assertThat(events).hasSize(3);
  }

  @Test
  void entriesThatComeAgainAreAnsweredWhenTheirFirstWriteIsOnDisk() throws Exception {
    CompletableFuture<AppendEntriesReplyProto> first = new CompletableFuture<>();
    logged.addAll(List.of(first, taken(), taken()));
    RaftServer guarded = IncomingCalls.guard(follower(), votes, entries, new SnapshotFolders());

    var answer = guarded.appendEntriesAsync(entry());
    var again = guarded.appendEntriesAsync(entry());
    var heartbeat = guarded.appendEntriesAsync(entry().toBuilder().clearEntries().build());
    assertThat(heartbeat).isCompleted();
    assertThat(answer).isNotDone();
    assertThat(again).isNotDone();

    first.complete(AppendEntriesReplyProto.getDefaultInstance());
    assertThat(answer).isCompleted();
    assertThat(again).isCompleted();
  }

  @Test
  void whatIsRefusedIsSaidAtOnce() throws Exception {
    CompletableFuture<AppendEntriesReplyProto> first = new CompletableFuture<>();
    logged.addAll(
        List.of(
            first,
            CompletableFuture.completedFuture(
                AppendEntriesReplyProto.newBuilder().setResult(AppendResult.NOT_LEADER).build())));
    RaftServer guarded = IncomingCalls.guard(follower(), votes, entries, new SnapshotFolders());

    assertThat(guarded.appendEntriesAsync(entry())).isNotDone();
    assertThat(guarded.appendEntriesAsync(entry())).isCompleted();
  }

  @Test
  void aWriteThatASnapshotMadeNeedlessHoldsNobodyBack() throws Exception {
    logged.addAll(List.of(new CompletableFuture<>(), taken()));
    RaftServer guarded = IncomingCalls.guard(follower(), votes, entries, new SnapshotFolders());
    assertThat(guarded.appendEntriesAsync(entry())).isNotDone();

    entries.beginAnew();

    assertThat(guarded.appendEntriesAsync(entry())).isCompleted();
  }

  @Test
  void noEntriesAreTakenOnceAWriteHasFailed() throws Exception {
    CompletableFuture<AppendEntriesReplyProto> first = new CompletableFuture<>();
    logged.addAll(List.of(first, taken(), taken()));
    RaftServer guarded = IncomingCalls.guard(follower(), votes, entries, new SnapshotFolders());
    var answer = guarded.appendEntriesAsync(entry());
    var again = guarded.appendEntriesAsync(entry());

    // In this order, as Ratis does it.
    entries.fail();
    first.completeExceptionally(new IOException("the disk is gone"));

    assertThat(answer).isCompletedExceptionally();
    assertThat(again).isCompletedExceptionally();
    assertThat(guarded.appendEntriesAsync(entry())).isCompletedExceptionally();
  }

  @Test
  void entriesThatRatisRefusesHoldNobodyBack() throws Exception {
    RaftServer guarded = IncomingCalls.guard(follower(), votes, entries, new SnapshotFolders());
    assertThatThrownBy(() -> guarded.appendEntriesAsync(entry()))
        .isInstanceOf(NoSuchElementException.class);
    logged.add(taken());

    assertThat(guarded.appendEntriesAsync(entry())).isCompleted();
  }

  private static CompletableFuture<AppendEntriesReplyProto> taken() {
    return CompletableFuture.completedFuture(AppendEntriesReplyProto.getDefaultInstance());
  }

  private static AppendEntriesRequestProto entry() {
    return AppendEntriesRequestProto.newBuilder()
        .setServerRequest(
            RaftRpcRequestProto.newBuilder()
                .setReplyId(SELF.toByteString())
                .setRaftGroupId(ProtoUtils.toRaftGroupIdProtoBuilder(RaftGroupId.randomId())))
        .addEntries(LogEntryProto.getDefaultInstance())
        .build();
  }

  /** Answers to entries what was laid out for it. */
  private RaftServer follower() {
    RaftPeer self = RaftPeer.newBuilder().setId(SELF).build();
    RaftServer.Division division =
        standIn(RaftServer.Division.class, _ -> standIn(RaftConfiguration.class, _ -> self));
    return server(
        method ->
            switch (method) {
              case "getDivision" -> division;
              case "appendEntriesAsync" -> logged.remove();
              default -> throw new UnsupportedOperationException(method);
            });
  }

  /** Votes in a term by writing Ratis's own file. */
  private RaftServer voter(long term) {
    return server(
        method ->
            switch (method) {
              case "requestVote" -> {
                storage.getMetadataFile().persist(RaftStorageMetadata.valueOf(term, SELF));
                events.add("vote in " + term);
                yield RequestVoteReplyProto.newBuilder().setTerm(term).build();
              }
              default -> throw new UnsupportedOperationException(method);
            });
  }

  private interface Answers {
    Object to(String method) throws IOException;
  }

  private static RaftServer server(Answers answers) {
    return standIn(RaftServer.class, method -> method.equals("getId") ? SELF : answers.to(method));
  }

  private static <T> T standIn(Class<T> type, Answers answers) {
    return type.cast(
        Proxy.newProxyInstance(
            DurabilityTest.class.getClassLoader(),
            new Class<?>[] {type},
            (_, method, _) -> answers.to(method.getName())));
  }

  private static RequestVoteRequestProto question(RaftPeerId to) {
    return RequestVoteRequestProto.newBuilder()
        .setServerRequest(RaftRpcRequestProto.newBuilder().setReplyId(to.toByteString()))
        .build();
  }
}
