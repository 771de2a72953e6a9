package dev.trivet.replicate;

import io.grpc.Channel;
import java.io.IOException;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.grpc.server.GrpcLogAppender;
import org.apache.ratis.grpc.server.GrpcServicesImpl;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.raftlog.RaftLogIOException;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends a leader's entries to one follower on the thread that brings them.
 *
 * <p>Ratis's own appender is a thread that is woken for each entry, for its commit, and for each
 * answer to both: eight times for an entry, and as often for the other follower, on a leader whose
 * time is mostly spent on waking threads. As long as a follower keeps up, this one has whoever
 * appended the entry write it to an {@link AppendStream}, and the network's thread take the answer.
 * A commit rides on the next entry; only when none follows soon it gets a message of its own.
 *
 * <p>Everything else is Ratis's way, to which this one falls back at the first irregularity: a
 * follower that is new, behind, inconsistent, silent or gone. Snapshots go by a {@link
 * SnapshotSender}, on this thread. What is in a message and what an answer means is Ratis's in all
 * ways. So is safety: entries that were sent in one way may be sent again in the other, from the
 * last one that the follower is known to have.
 *
 * <p>Invariants: {@code match < next}; one thread at a time sends (it has the turn, see {@link
 * #send}); the stream is taken up and given up with the turn only.
 *
 * <p>Its thread is Ratis's for appenders, in Ratis's loop: it runs Ratis's way, and in this one
 * sends heartbeats and late news of commits.
 */
final class PromptAppender extends GrpcLogAppender {
  private static final Logger LOG = LoggerFactory.getLogger(PromptAppender.class);

  /** A commit that no entry carried on its way by then gets a message. */
  private static final long NEWS_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  /** So long after the last entry its thread looks for late news. */
  private static final long BUSY_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private static final int MAX_UNANSWERED = 64;

  /** Who is so far behind is left to Ratis, which reads old entries on a thread of its own. */
  private static final long MAX_BEHIND = 256;

  /** A follower that leaves entries unanswered for so long is left to Ratis. */
  private static final long SILENCE_MILLIS = 3_000;

  /** Before a stream is tried again, and at first a snapshot. */
  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final long MAX_SNAPSHOT_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** To the follower's peer port. */
  interface Way {
    Channel channel();
  }

  /** What Ratis gives an appender. */
  record Seat(
      RaftServer.Division division,
      LeaderState leader,
      FollowerInfo follower,
      GrpcServicesImpl services) {}

  private final Appenders appenders;
  private final Way way;
  private final GrpcServicesImpl services;
  private final AtomicLong calls = new AtomicLong();

  /** How many wanted the turn since it was last free. */
  private final AtomicInteger turns = new AtomicInteger();

  /** Not null: entries go this way. */
  private volatile @Nullable AppendStream stream;

  /** To be taken up once it is ready. Its thread's. */
  private @Nullable AppendStream candidate;

  private volatile @Nullable Thread thread;
  private volatile long notBefore = System.nanoTime();

  /** Its thread's, both. */
  private long noSnapshotBefore = System.nanoTime();

  private long snapshotPauseNanos = PAUSE_NANOS;

  /** Of the last two messages with entries. With the turn. */
  private long lastEntry = System.nanoTime() - BUSY_NANOS;

  private long entryBefore = lastEntry;

  /** The commit that was told last. With the turn. */
  private long toldCommit = -1;

  /** Whether the thread looks for late news anyway. */
  private volatile boolean isAwake;

  PromptAppender(Appenders appenders, Way way, Seat seat) {
    super(seat.division(), seat.leader(), seat.follower());
    this.appenders = appenders;
    this.way = way;
    this.services = seat.services();
  }

  /** Ratis's own object, which its appender wants; the division's is the guard in front of it. */
  @Override
  @SuppressWarnings("NullAway") // The constructor above asks for it before the field is set.
  public GrpcServicesImpl getServerRpc() {
    return services == null
        ? OutgoingCalls.behind(getServer().getRaftServer().getServerRpc())
        : services;
  }

  @Override
  public long getCallId() {
    return stream == null ? super.getCallId() : calls.get();
  }

  @Override
  public void run() throws IOException {
    thread = Thread.currentThread();
    appenders.began(this);
    try {
      super.run();
    } finally {
      appenders.ended(this);
      AppendStream last = stream == null ? candidate : stream;
      stream = null;
      if (last != null) {
        last.cancel("the appender has ended");
      }
    }
  }

  /**
   * Ratis's loop asks it before it waits: the place for what is this thread's to do. While entries
   * go by the stream the loop finds nothing to send, by the three methods that follow.
   */
  @Override
  public long getWaitTimeMs() {
    if (Thread.currentThread() != thread || !takesUpStream()) {
      return snapshotDue() == null ? super.getWaitTimeMs() : Math.max(1, getHeartbeatWaitTimeMs());
    }
    send();
    isAwake = System.nanoTime() - lastEntry < BUSY_NANOS;
    long wait = Math.max(1, getHeartbeatWaitTimeMs());
    return isAwake ? Math.min(wait, TimeUnit.NANOSECONDS.toMillis(NEWS_NANOS)) : wait;
  }

  @Override
  public boolean shouldSendAppendEntries() {
    return stream == null && super.shouldSendAppendEntries();
  }

  @Override
  public @Nullable SnapshotInfo shouldInstallSnapshot() {
    SnapshotInfo due = snapshotDue();
    if (due == null || Thread.currentThread() != thread) {
      return due;
    }
    if (System.nanoTime() - noSnapshotBefore >= 0) {
      install(due);
    }
    return null;
  }

  /** What the follower has to get before any entry; null when entries will do. */
  private @Nullable SnapshotInfo snapshotDue() {
    return stream == null ? super.shouldInstallSnapshot() : null;
  }

  /** Done here, on this thread, so that Ratis's loop finds nothing left to do. */
  private void install(SnapshotInfo snapshot) {
    LOG.info("{}: sends the snapshot of {}", this, snapshot.getTermIndex());
    FollowerInfo follower = getFollower();
    SnapshotSender sender =
        new SnapshotSender(
            this::isRunning,
            reply -> {
              follower.updateLastRpcResponseTime();
              var _ = onFollowerTerm(reply.getTerm());
            });
    SnapshotFolders folders =
        (SnapshotFolders) getServer().getStateMachine().getStateMachineStorage();
    try (SnapshotFolders.Hold _ = folders.hold()) {
      sender.send(
          way.channel(), newInstallSnapshotRequests(UUID.randomUUID().toString(), snapshot));
      snapshotPauseNanos = PAUSE_NANOS;
      follower.setAttemptedToInstallSnapshot();
      follower.setSnapshotIndex(snapshot.getIndex());
      LOG.info("{}: the snapshot of {} has arrived", this, snapshot.getTermIndex());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (IOException | RuntimeException e) {
      LOG.warn("{}: the snapshot has not arrived: {}", this, e.getMessage());
      LOG.debug("{}: the snapshot has not arrived", this, e);
      noSnapshotBefore = System.nanoTime() + snapshotPauseNanos;
      // What was sent in vain cost something. To find a node away costs nothing.
      long longest = sender.isAnswered() ? MAX_SNAPSHOT_PAUSE_NANOS : 2 * PAUSE_NANOS;
      snapshotPauseNanos = Math.min(2 * snapshotPauseNanos, longest);
    }
  }

  @Override
  public @Nullable AppendEntriesRequestProto newAppendEntriesRequest(
      long callId, boolean isHeartbeat) throws RaftLogIOException {
    if (stream != null) {
      return null;
    }
    if (snapshotDue() == null) {
      return super.newAppendEntriesRequest(callId, isHeartbeat);
    }
    // Who waits for a snapshot wants entries that are purged: only a heartbeat can be made for it.
    return isHeartbeat || getHeartbeatWaitTimeMs() <= 0
        ? super.newAppendEntriesRequest(callId, true)
        : null;
  }

  private boolean takesUpStream() {
    if (stream != null) {
      return true;
    }
    FollowerInfo follower = getFollower();
    if (System.nanoTime() - notBefore < 0
        || isFarBehind()
        || hasPendingDataRequests()
        || follower.getMatchIndex() + 1 != follower.getNextIndex()
        || getLeaderState().isFollowerBootstrapping(follower)) {
      return false;
    }
    AppendStream next = candidate;
    if (next == null || next.fault() != null) {
      if (next != null) {
        LOG.debug("{}: no stream", this, next.fault());
        notBefore = System.nanoTime() + PAUSE_NANOS;
      }
      candidate = next == null ? AppendStream.open(way.channel(), this::onReply, this::send) : null;
      return false;
    }
    if (!next.isReady()) {
      return false;
    }
    candidate = null;
    stream = next;
    return true;
  }

  @Override
  public void notifyLogAppender() {
    if (stream == null) {
      super.notifyLogAppender();
    } else {
      send();
    }
  }

  void tellCommit() {
    if (getFollower().getCommitIndex() < getRaftLog().getLastCommittedIndex()) {
      triggerHeartbeat();
    }
  }

  /**
   * Sends what is due, or has whoever sends now look once more: from any thread, without waiting.
   */
  private void send() {
    if (turns.getAndIncrement() != 0) {
      return;
    }
    int served = 1;
    while (served != 0) {
      sendDue();
      served = turns.addAndGet(-served);
    }
  }

  private void sendDue() {
    AppendStream to = stream;
    if (to == null) {
      return;
    }
    try {
      if (to.fault() != null || isSilent(to) || isFarBehind()) {
        giveUp(to);
        return;
      }
      if (getHeartbeatWaitTimeMs() <= 0) {
        resetHeartbeatTrigger();
        var _ = sendOne(to, true);
      }
      while (hasAppendEntries() && to.isReady() && to.unanswered() < MAX_UNANSWERED) {
        if (!sendOne(to, false) && !sendOne(to, true)) {
          giveUp(to);
          return;
        }
      }
      if (isNewsDue()) {
        var _ = sendOne(to, true);
      }
    } catch (RaftLogIOException | RuntimeException e) {
      LOG.warn("{}: entries could not be read or sent", this, e);
      giveUp(to);
    }
  }

  private boolean isSilent(AppendStream to) {
    return to.unanswered() > 0
        && getFollower().getLastRpcResponseTime().elapsedTimeMs() > SILENCE_MILLIS;
  }

  private boolean isFarBehind() {
    return getRaftLog().getNextIndex() - getFollower().getNextIndex() > MAX_BEHIND;
  }

  private boolean isNewsDue() {
    long commit = getRaftLog().getLastCommittedIndex();
    if (toldCommit >= commit || getFollower().getCommitIndex() >= commit) {
      return false;
    }
    // Who writes now and then is not made to wait for an entry that may never follow.
    return lastEntry - entryBefore > NEWS_NANOS || System.nanoTime() - lastEntry > NEWS_NANOS;
  }

  /** False when Ratis made no message: a heartbeat is due first, or what comes before is purged. */
  private boolean sendOne(AppendStream to, boolean isHeartbeat) throws RaftLogIOException {
    @Nullable AppendEntriesRequestProto request =
        super.newAppendEntriesRequest(calls.incrementAndGet(), isHeartbeat);
    if (request == null) {
      return false;
    }
    int count = request.getEntriesCount();
    if (count > 0) {
      getFollower().increaseNextIndex(request.getEntries(count - 1).getIndex() + 1);
      entryBefore = lastEntry;
      lastEntry = System.nanoTime();
    }
    toldCommit = Math.max(toldCommit, request.getLeaderCommit());
    getFollower().updateLastRpcSendTime(count == 0);
    to.send(request);
    if (count > 0 && !isAwake) {
      isAwake = true;
      super.notifyLogAppender();
    }
    return true;
  }

  /** With the turn. Ratis goes on behind what the follower is known to have. */
  private void giveUp(AppendStream from) {
    LOG.info(
        "{}: on Ratis's way again, the stream's fault: {}", this, String.valueOf(from.fault()));
    stream = null;
    from.cancel("given up");
    toldCommit = -1;
    notBefore = System.nanoTime() + PAUSE_NANOS;
    getFollower().setNextIndex(getFollower().getMatchIndex() + 1);
    super.notifyLogAppender();
  }

  private void onReply(AppendEntriesReplyProto reply) {
    FollowerInfo follower = getFollower();
    follower.updateLastRpcResponseTime();
    switch (reply.getResult()) {
      case SUCCESS -> {
        getLeaderState().onFollowerCommitIndex(follower, reply.getFollowerCommit());
        if (follower.updateMatchIndex(reply.getMatchIndex())) {
          follower.updateNextIndex(reply.getMatchIndex() + 1);
          getLeaderState().onFollowerSuccessAppendEntries(follower);
        }
      }
      case NOT_LEADER -> {
        if (onFollowerTerm(reply.getTerm())) {
          return;
        }
      }
      case INCONSISTENCY, UNRECOGNIZED -> {
        AppendStream from = stream;
        if (from != null) {
          from.cancel("the follower's log differs: " + reply.getResult());
        }
      }
    }
    getLeaderState().onAppendEntriesReply(this, reply);
    send();
  }
}
