package dev.trivet.replicate;

import dev.trivet.proto.log.Batch;
import dev.trivet.state.Applied;
import dev.trivet.state.StateMachine;
import dev.trivet.store.LogPosition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.util.LifeCycle;
import org.jspecify.annotations.Nullable;

/**
 * What Ratis calls: hands committed entries to the {@link StateMachine}, each exactly once however
 * often Ratis replays it, and exchanges snapshots.
 *
 * <p>Ratis logs an exception of a state machine and goes on; here each one ends in {@code onFatal}.
 *
 * <p>Apply, snapshot and reload run on Ratis's updater thread, which is the apply thread.
 */
final class ReplicatedState extends BaseStateMachine {
  private final StateMachine state;
  private final List<AppliedListener> listeners;
  private final MembershipListener membership;
  private final AppliedIndex applied;
  private final DurableVotes votes;
  private final DurableEntries entries = new DurableEntries();
  private final FolderSync folders;
  private final Consumer<Throwable> onFatal;
  private final SnapshotFolders snapshots = new SnapshotFolders();

  /** Batches handed to Raft by this node and not begun yet, by call id: as many as in flight. */
  private final Map<Long, LiveBatch> offered = new ConcurrentHashMap<>();

  /** Null before {@link #initialize}. */
  private @Nullable LogFolder logFolder;

  private volatile Runnable leaderListener = () -> {};

  private volatile boolean isClosing;

  /** After a failure nothing more is applied, so that no entry is left out. */
  private volatile boolean isBroken;

  ReplicatedState(
      StateMachine state,
      ReplicaObservers observers,
      HashHistory hashes,
      AppliedIndex applied,
      FolderSync folders) {
    this.state = state;
    this.listeners = new ArrayList<>(List.of(hashes));
    this.listeners.addAll(observers.applied());
    this.membership = observers.membership();
    this.onFatal = observers.onFatal();
    this.applied = applied;
    this.folders = folders;
    this.votes = new DurableVotes(folders, written -> written.force(false), this::fail);
  }

  DurableVotes votes() {
    return votes;
  }

  DurableEntries entries() {
    return entries;
  }

  SnapshotFolders snapshots() {
    return snapshots;
  }

  void offer(long callId, LiveBatch batch) {
    offered.put(callId, batch);
  }

  void withdraw(long callId) {
    offered.remove(callId);
  }

  /**
   * @param listener told whenever another node, perhaps this one, leads; on a thread of Raft's,
   *     which must not be kept
   */
  void followLeader(Runnable listener) {
    leaderListener = listener;
  }

  @Override
  public void notifyLeaderChanged(RaftGroupMemberId here, RaftPeerId leader) {
    leaderListener.run();
  }

  /** From here on Ratis's shutting down is no failure. */
  void prepareToClose() {
    isClosing = true;
  }

  @Override
  public void initialize(RaftServer server, RaftGroupId group, RaftStorage storage)
      throws IOException {
    getLifeCycle().transition(LifeCycle.State.STARTING);
    super.initialize(server, group, storage);
    snapshots.init(storage);
    votes.open(storage);
    logFolder = new LogFolder(storage.getStorageDir().getCurrentDir().toPath(), folders);
    SnapshotFolders.Checkpoint newest = snapshots.newest();
    if (newest != null && newest.position().index() > state.store().applied().index()) {
      // Received before a crash and not taken in yet.
      install(newest);
    }
    LogPosition position = state.store().applied();
    if (position.index() >= 0) {
      setLastAppliedTermIndex(TermIndex.valueOf(position.term(), position.index()));
      applied.raiseTo(position.index());
    }
    getLifeCycle().transition(LifeCycle.State.RUNNING);
  }

  @Override
  public TransactionContext startTransaction(RaftClientRequest request) {
    LiveBatch live = offered.remove(request.getCallId());
    if (live != null) {
      live.reach();
    }
    return TransactionContext.newBuilder()
        .setStateMachine(this)
        .setClientRequest(request)
        .setLogData(request.getMessage().getContent())
        .setStateMachineContext(live)
        .build();
  }

  @Override
  public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
    if (isBroken) {
      // Never done: Ratis tells of each that fails, a thousand of them while a busy node ends.
      return new CompletableFuture<>();
    }
    try {
      LogEntryProto entry = transaction.getLogEntry();
      if (entry.getIndex() > state.store().applied().index()) {
        apply(entry, transaction.getStateMachineContext());
      }
      advance(entry.getTerm(), entry.getIndex());
      return CompletableFuture.completedFuture(Message.EMPTY);
    } catch (RuntimeException | Error e) {
      fail(e);
      return CompletableFuture.failedFuture(e);
    }
  }

  private void apply(LogEntryProto entry, @Nullable Object context) {
    LogPosition position = new LogPosition(entry.getTerm(), entry.getIndex());
    LiveBatch live = context instanceof LiveBatch batch ? batch : null;
    Applied done;
    if (live == null) {
      Batch batch =
          EntryFormat.decode(entry.getStateMachineLogEntry().getLogData().asReadOnlyByteBuffer());
      done = state.apply(position, batch.getTimeMillis(), batch.getCommandsList());
    } else {
      done = state.apply(position, live.stampedMillis(), live.commands());
    }
    for (AppliedListener listener : listeners) {
      listener.onApplied(done);
    }
    if (live != null) {
      live.complete(position.index(), done.outcomes());
    }
  }

  /** An entry of Raft's own: a configuration, or a new leader's first. */
  @Override
  public void notifyTermIndexUpdated(long term, long index) {
    advance(term, index);
  }

  private void advance(long term, long index) {
    // A replay begins at the snapshot, behind what the store holds.
    if (index > getLastAppliedTermIndex().getIndex()) {
      updateLastAppliedTermIndex(term, index);
    }
    applied.raiseTo(index);
  }

  @Override
  public long takeSnapshot() throws IOException {
    try {
      return snapshots.write(state.store()).index();
    } catch (IOException | RuntimeException e) {
      fail(e);
      throw e;
    }
  }

  @Override
  public StateMachineStorage getStateMachineStorage() {
    return snapshots;
  }

  /**
   * Ratis is about to put a received snapshot in place; {@link #reinitialize} follows, later and
   * elsewhere. The leader is told before, so its files must be on disk now: Ratis does not see to
   * that.
   */
  @Override
  public void pause() {
    try {
      snapshots.forceArrivals();
    } catch (IOException e) {
      throw new UncheckedIOException("a received snapshot could not be brought to disk", e);
    }
    getLifeCycle().transition(LifeCycle.State.PAUSING);
    getLifeCycle().transition(LifeCycle.State.PAUSED);
  }

  @Override
  public void reinitialize() throws IOException {
    try {
      getLifeCycle().transition(LifeCycle.State.STARTING);
      SnapshotFolders.Checkpoint received = snapshots.newest();
      if (received == null) {
        throw new IOException("a snapshot was received, but none is in its folder");
      }
      if (received.position().index() > state.store().applied().index()) {
        install(received);
      }
      LogPosition position = received.position();
      setLastAppliedTermIndex(TermIndex.valueOf(position.term(), position.index()));
      getLifeCycle().transition(LifeCycle.State.RUNNING);
      applied.raiseTo(position.index());
    } catch (IOException | RuntimeException e) {
      fail(e);
      throw e;
    }
  }

  private void install(SnapshotFolders.Checkpoint checkpoint) throws IOException {
    SnapshotFolders.dropDigests(checkpoint.folder());
    state.replaceRows(() -> state.store().replaceWith(checkpoint.folder()));
    if (!state.store().applied().equals(checkpoint.position())) {
      throw new IOException(
          checkpoint.folder() + " holds " + state.store().applied() + " and not what it is named");
    }
    listeners.forEach(AppliedListener::onRestored);
  }

  @Override
  public void notifyConfigurationChanged(
      long term, long index, RaftConfigurationProto configuration) {
    membership.onMembers(RaftPeers.membersOfBoth(configuration));
  }

  /** Ratis calls it on its log thread before it syncs the log up to an index. */
  @Override
  public CompletableFuture<Void> flush(long index) {
    LogFolder known = logFolder;
    if (known == null) {
      return CompletableFuture.failedFuture(
          new IllegalStateException("the log is written before it was opened"));
    }
    try {
      known.beforeSegmentSync();
      return CompletableFuture.completedFuture(null);
    } catch (IOException e) {
      fail(e);
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public void notifyLogFailed(Throwable cause, @Nullable LogEntryProto entry) {
    entries.fail();
    fail(cause);
  }

  private void fail(Throwable cause) {
    isBroken = true;
    failUnlessClosing(cause);
  }

  /** Tells that the node must stop, but for one that is stopping. */
  void failUnlessClosing(Throwable cause) {
    if (!isClosing) {
      onFatal.accept(cause);
    }
  }
}
