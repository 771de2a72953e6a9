package dev.trivet.node;

import dev.trivet.proto.log.Command;
import dev.trivet.proto.log.DropGarbage;
import dev.trivet.proto.log.ExpireDue;
import dev.trivet.proto.log.TakeLeadership;
import dev.trivet.replicate.CommandLog;
import dev.trivet.replicate.Leadership;
import dev.trivet.replicate.SteadyClock;
import dev.trivet.state.entry.Counter;
import dev.trivet.state.keys.KeyQueries;
import dev.trivet.state.leases.LeaseQueries;
import dev.trivet.state.volumes.VolumeQueries;
import dev.trivet.store.Cursor;
import dev.trivet.store.ReadView;
import dev.trivet.store.Store;
import dev.trivet.store.Table;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the leader alone proposes: that it has taken leadership (once a term, before anything may
 * expire), that sessions whose time is over end, and that old garbage is forgotten.
 *
 * <p>Nothing here decides: the commands are judged by the state machine, at the entry's time and
 * term, the same on all nodes. A proposal that is lost is made again at the next round; one that
 * comes twice does nothing the second time.
 *
 * <p>One thread of its own; at most one proposal of each kind is on its way.
 */
final class LeaderDuties implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LeaderDuties.class);

  /** How late an expiry may be noticed. */
  private static final Duration ROUND = Duration.ofMillis(200);

  private static final int EXPIRE_LIMIT = 1_000;
  private static final int GARBAGE_LIMIT = 10_000;

  /**
   * Twice the grace after which nodes unlink garbage: a node that was down longer finds its
   * leftovers by its sweep.
   */
  private static final long GARBAGE_KEPT_MILLIS = TimeUnit.MINUTES.toMillis(20);

  private static final long PROPOSAL_WAIT_SECONDS = 10;

  private final CommandLog log;
  private final Store store;
  private final SteadyClock clock;
  private final String self;
  private final Rounds rounds = new Rounds("leader-duties", ROUND, this::round);

  LeaderDuties(CommandLog log, Store store, SteadyClock clock, String self) {
    this.log = log;
    this.store = store;
    this.clock = clock;
    this.self = self;
  }

  void start() {
    rounds.start();
  }

  @Override
  public void close() {
    rounds.close();
  }

  /** Leadership may be lost at any moment: the successor's next round does what is left. */
  private void round() throws InterruptedException, ExecutionException, TimeoutException {
    Leadership leadership = log.leadership();
    if (leadership.isSelf()) {
      work(leadership.term());
    }
  }

  private void work(long term) throws InterruptedException, ExecutionException, TimeoutException {
    boolean hasTaken;
    boolean isAnyDue;
    boolean hasOldGarbage;
    long logTime;
    long now = clock.millis();
    try (ReadView view = store.view()) {
      hasTaken = Counter.LEADERSHIP_TERM.in(view) == term;
      isAnyDue =
          LeaseQueries.anyDueBy(view, now)
              || KeyQueries.hasCompactionBacklog(view)
              || VolumeQueries.hasSweepBacklog(view);
      logTime = Counter.LOG_TIME.in(view);
      hasOldGarbage = isFirstGarbageOlderThan(view, now - GARBAGE_KEPT_MILLIS);
    }
    if (!hasTaken) {
      clock.catchUp(logTime);
      propose(
          Command.newBuilder()
              .setTakeLeadership(TakeLeadership.newBuilder().setMember(self))
              .build());
      LOG.info("took leadership in term {}", term);
      return;
    }
    if (isAnyDue) {
      propose(
          Command.newBuilder().setExpireDue(ExpireDue.newBuilder().setLimit(EXPIRE_LIMIT)).build());
    }
    if (hasOldGarbage) {
      DropGarbage drop =
          DropGarbage.newBuilder()
              .setBeforeMillis(now - GARBAGE_KEPT_MILLIS)
              .setLimit(GARBAGE_LIMIT)
              .build();
      propose(Command.newBuilder().setDropGarbage(drop).build());
    }
  }

  private void propose(Command command)
      throws InterruptedException, ExecutionException, TimeoutException {
    log.propose(command).get(PROPOSAL_WAIT_SECONDS, TimeUnit.SECONDS);
  }

  /**
   * Rows of garbage begin with the time, eight bytes big-endian, so that the oldest comes first.
   */
  private static boolean isFirstGarbageOlderThan(ReadView view, long millis) {
    try (Cursor cursor = view.scan(Table.GARBAGE, new byte[0], null)) {
      return cursor.next() && ByteBuffer.wrap(cursor.key()).getLong() < millis;
    }
  }
}
