package dev.trivet.lessor;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.peer.Member;
import dev.trivet.peer.PeerNetwork;
import dev.trivet.proto.log.Command;
import dev.trivet.proto.log.ExpireLeases;
import dev.trivet.proto.log.Outcome;
import dev.trivet.proto.log.OverdueLease;
import dev.trivet.replicate.AppliedListener;
import dev.trivet.replicate.CommandLog;
import dev.trivet.replicate.Leadership;
import dev.trivet.state.Applied;
import dev.trivet.state.entry.Change;
import dev.trivet.state.entry.Counter;
import dev.trivet.state.leases.LeaseQueries;
import dev.trivet.store.ReadView;
import dev.trivet.store.Store;
import io.grpc.BindableService;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renews leases and ends those whose time is over.
 *
 * <p>A renewal is no command in the log, which would cost an fsync and three applications: the
 * leader keeps the ends of all leases in memory, by its monotonic clock, and answers after a proof
 * that it leads. An end is a command, which names the leases.
 *
 * <h2>Why no lease ends before its time</h2>
 *
 * A renewal that reaches the leader at {@code t} and is answered with a time to live keeps its
 * lease until {@code t + ttl} at least.
 *
 * <ul>
 *   <li><em>By the same leader, in the same term.</em> An expiry is proposed only for leases whose
 *       deadline has passed, and these are marked first, under the lock under which renewals move
 *       deadlines. So a renewal comes before the mark, and then the lease was not overdue, or after
 *       it, and then it waits for the expiry's outcome: the lease is gone and the answer is 0, or
 *       the command is known not to have happened and the renewal counts. While the outcome is
 *       unknown the mark stays, and the same command is proposed again.
 *   <li><em>By a later leader.</em> The answer is given after this node asked a majority, having
 *       received the renewal, and heard of no later term. A later leader is therefore elected after
 *       {@code t}. It gives each lease its full time from when it first reads it; thus no end
 *       before {@code t + ttl}.
 *   <li><em>By an earlier leader's command.</em> The state refuses an expiry whose term is not that
 *       of its entry. An expiry that an earlier leader got into the log precedes all entries of the
 *       later leader's term, and that leader reads the leases, and only then answers renewals, when
 *       it has applied one of these.
 *   <li><em>By a command that means another lease of the same id.</em> The command names the grant,
 *       and a lease that was granted again has another one.
 *   <li><em>After a pause of the leader.</em> {@link LeaseClock} stands still while the process
 *       does, whether the others have elected a leader meanwhile or not. What a paused leader
 *       wanted to propose is void in a later term; what it wanted to answer waits for a proof that
 *       it cannot have.
 *   <li><em>By a wall clock.</em> None is read.
 * </ul>
 *
 * <p>A lease that nobody renews ends, up to {@value #ROUND_MILLIS} ms late plus the command's own
 * time, when a leader has lasted as long as the lease's time to live.
 *
 * <p>That a lease exists is read from the table, which follows the applied state: the proof says
 * that all that was acknowledged before is applied.
 *
 * <p>One thread, {@code lessor}, fills the table and proposes; changes come on the apply thread,
 * renewals on any.
 */
public final class Lessor implements AppliedListener, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Lessor.class);
  private static final long ROUND_MILLIS = 200;

  /** Of one command, so that the apply thread is not held for long. */
  private static final int EXPIRE_LIMIT = 200;

  private static final long PROPOSAL_WAIT_SECONDS = 10;

  /** What a proposal fails with that was not appended. */
  private static final Set<ErrorCode> NOT_APPENDED =
      EnumSet.of(
          ErrorCode.NOT_LEADER,
          ErrorCode.NO_LEADER,
          ErrorCode.TOO_MANY_REQUESTS,
          ErrorCode.STOPPING);

  private final Store store;
  private final long selfId;
  private final LeaderCalls leader;
  private final LeaseClock clock;
  private final Deadlines deadlines = new Deadlines();
  private final Renewals renewals;
  private final LessorThread thread;

  private volatile @Nullable CommandLog log;
  private volatile long revision;

  /** Named in a proposal of which it is not known whether it happens. Owned by the thread. */
  private List<Deadlines.Overdue> unsettled = List.of();

  public Lessor(Store store, PeerNetwork peers) {
    this(store, peers.self().id(), new LeaderLeases(peers), LessorThread.real());
  }

  Lessor(Store store, long selfId, LeaderCalls leader, LessorThread thread) {
    this.store = store;
    this.selfId = selfId;
    this.leader = leader;
    this.thread = thread;
    this.clock = new LeaseClock(thread.nanos());
    this.renewals = new Renewals(this::renewAtLeader, thread.nanos(), thread.afterAPause());
  }

  /** Begins, on a log that tells this object what it applies. */
  public void start(CommandLog replicated) {
    log = replicated;
    revision = storedRevision();
    var _ =
        thread
            .executor()
            .scheduleWithFixedDelay(this::round, ROUND_MILLIS, ROUND_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** What this node answers the others, for the peer port. */
  public BindableService peerService() {
    return new LeaseReplies(this);
  }

  /**
   * Renews a lease through the leader: its time to live in seconds, 0 if there is no such lease.
   * Fails with {@code NO_LEADER} when none was found for five seconds.
   */
  public CompletableFuture<Long> renew(long id) {
    return renewals.renew(id);
  }

  /** What is left of a lease, in milliseconds, as the leader counts it; -1 if there is none. */
  public CompletableFuture<Long> remainingMillis(long id) {
    Member other = otherLeader();
    return other == null ? remainingHere(id) : leader.remainingMillis(other, id);
  }

  /** The key space's revision as this node has applied it. */
  public long revision() {
    return revision;
  }

  private CompletableFuture<long[]> renewAtLeader(long[] ids) {
    Member other = otherLeader();
    return other == null ? renewHere(ids) : leader.renew(other, ids);
  }

  /** Null while this node leads, or nobody is known to. */
  private @Nullable Member otherLeader() {
    CommandLog known = log;
    if (deadlines.isOpen() || known == null) {
      return null;
    }
    Leadership leadership = known.leadership();
    if (leadership.leader() == null) {
      throw ErrorCode.NO_LEADER.exception();
    }
    return leadership.leader().id() == selfId ? null : leadership.leader();
  }

  CompletableFuture<long[]> renewHere(long[] ids) {
    return confirmed().thenCompose(_ -> renewConfirmed(ids));
  }

  CompletableFuture<Long> remainingHere(long id) {
    return confirmed().thenApply(_ -> deadlines.remainingMillis(id, clock.millis()));
  }

  /** Not even asked when the table is closed. */
  private CompletableFuture<Long> confirmed() {
    CommandLog known = log;
    return known == null || !deadlines.isOpen()
        ? CompletableFuture.failedFuture(ErrorCode.NOT_LEADER.exception())
        : known.confirmLeadership();
  }

  /** Those that wait for an expiry's outcome take the others with them: a new proof is needed. */
  private CompletableFuture<long[]> renewConfirmed(long[] ids) {
    Deadlines.Renewed renewed = deadlines.renew(ids, clock.millis());
    return renewed.undecided() == null
        ? CompletableFuture.completedFuture(renewed.ttlSeconds())
        : renewed.undecided().thenCompose(_ -> renewHere(ids));
  }

  @Override
  public void onApplied(Applied applied) {
    long newest = revision;
    for (Change change : applied.changes()) {
      switch (change) {
        case Change.LeaseGranted(long id, long grant, long ttlSeconds) ->
            deadlines.granted(id, grant, ttlSeconds, clock.millis());
        case Change.LeaseEnded(long id) -> deadlines.ended(id);
        case Change.KeysChanged keys -> newest = keys.revision();
        case Change.Restored restored -> {
          newest = restored.revision();
          // Their time begins now that their keys are there.
          deadlines.drop();
        }
        case Change.Compacted _, Change.ExtentReferenced _, Change.ExtentReleased _ -> {}
      }
    }
    // Last: who reads a revision finds the leases gone that it ended.
    revision = newest;
  }

  @Override
  public void onRestored() {
    deadlines.drop();
    revision = storedRevision();
  }

  private long storedRevision() {
    try (ReadView view = store.view()) {
      return Counter.REVISION.in(view);
    }
  }

  private void round() {
    try {
      // Looked at now and then, so that it runs.
      long _ = clock.millis();
      CommandLog known = log;
      if (known != null) {
        work(known, known.leadership());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.warn("a round of the lessor was not finished", e);
    }
  }

  private void work(CommandLog known, Leadership leadership) throws InterruptedException {
    Member leading = leadership.leader();
    if (leading != null) {
      // Calls to its predecessor end.
      leader.follow(leading);
    }
    if (!leadership.isSelf() || deadlines.term() != leadership.term()) {
      deadlines.drop();
      unsettled = List.of();
      if (!leadership.isSelf() || !isUpToDate(known)) {
        return;
      }
      fill(leadership.term());
    }
    if (!unsettled.isEmpty() && !propose(known, leadership.term(), unsettled)) {
      return;
    }
    List<Deadlines.Overdue> overdue;
    do {
      overdue = deadlines.takeOverdue(clock.millis(), EXPIRE_LIMIT);
    } while (!overdue.isEmpty() && propose(known, leadership.term(), overdue));
  }

  /** Whether the state has all that earlier terms left, which is so once this node led. */
  private boolean isUpToDate(CommandLog known) throws InterruptedException {
    try {
      var _ = thread.waits().get(known.confirmLeadership(), PROPOSAL_WAIT_SECONDS);
      return true;
    } catch (ExecutionException | TimeoutException _) {
      return false; // The next round asks again, if this node leads then.
    }
  }

  private void fill(long term) {
    deadlines.begin(term);
    try (ReadView view = store.view()) {
      LeaseQueries.each(
          view,
          lease ->
              deadlines.fill(
                  lease.getId(), lease.getGrant(), lease.getTtlSeconds(), clock.millis()));
    }
    if (deadlines.open()) {
      LOG.info("keeps the time of {} leases in term {}", deadlines.size(), term);
    }
  }

  /** True when the outcome is known and more may be done now. */
  private boolean propose(CommandLog known, long term, List<Deadlines.Overdue> overdue)
      throws InterruptedException {
    ExpireLeases.Builder expire = ExpireLeases.newBuilder().setTerm(term);
    overdue.forEach(
        each ->
            expire.addLeases(OverdueLease.newBuilder().setId(each.id()).setGrant(each.grant())));
    Command command = Command.newBuilder().setExpireLeases(expire).build();
    try {
      Outcome outcome = thread.waits().get(known.propose(command), PROPOSAL_WAIT_SECONDS).outcome();
      if (outcome.getRefusal().getCode().equals(ErrorCode.RESTORING.name())) {
        unsettled = overdue;
        return false;
      }
      unsettled = List.of();
      deadlines.spare(overdue);
      return !outcome.hasRefusal();
    } catch (ExecutionException e) {
      boolean isNotAppended =
          e.getCause() instanceof TrivetException failure && NOT_APPENDED.contains(failure.code());
      // Of an earlier attempt that says nothing.
      if (isNotAppended && unsettled.isEmpty()) {
        deadlines.spare(overdue);
      } else {
        unsettled = overdue;
      }
      return false;
    } catch (TimeoutException _) {
      unsettled = overdue;
      return false;
    }
  }

  @Override
  public void close() {
    thread.executor().shutdownNow();
    deadlines.drop();
  }
}
