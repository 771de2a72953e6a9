package dev.trivet.node;

import dev.trivet.errors.TrivetException;
import dev.trivet.peer.Member;
import dev.trivet.proto.log.Command;
import dev.trivet.proto.log.SpaceAlarm;
import dev.trivet.replicate.CommandLog;
import dev.trivet.replicate.Membership;
import dev.trivet.state.alarms.SpaceAlarms;
import dev.trivet.store.ReadView;
import dev.trivet.store.Store;
import dev.trivet.store.StoreException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures this node's space and tells the cluster when there is none left, and when there is
 * again: nobody has to disarm anything.
 *
 * <p>While the alarm is raised, every round gives back what deleted rows take and measures again.
 * The leader also lowers the alarms of members that are no more.
 *
 * <p>One thread of its own.
 */
final class SpaceWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SpaceWatch.class);
  private static final long ROUND_MILLIS = 1_000;
  private static final long PROPOSAL_WAIT_SECONDS = 10;

  private final CommandLog log;
  private final Membership membership;
  private final Store store;
  private final Member self;
  private final SpaceLimits limits;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("space-watch").daemon().factory());

  SpaceWatch(CommandLog log, Membership membership, Store store, Member self, SpaceLimits limits) {
    this.log = log;
    this.membership = membership;
    this.store = store;
    this.self = self;
    this.limits = limits;
  }

  void start() {
    var _ =
        thread.scheduleWithFixedDelay(
            this::round, ROUND_MILLIS, ROUND_MILLIS, TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }

  private void round() {
    try {
      List<Long> raised;
      try (ReadView view = store.view()) {
        raised = SpaceAlarms.members(view);
      }
      measure(raised.contains(self.id()));
      if (log.leadership().isSelf()) {
        for (long member : raised) {
          if (membership.members().stream().noneMatch(known -> known.id() == member)) {
            propose(member, false);
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (TrivetException | StoreException | ExecutionException | TimeoutException e) {
      // There may be no leader at the moment: the next round does it again.
      LOG.debug("a round of the space watch was not finished", e);
    }
  }

  private void measure(boolean isRaised)
      throws InterruptedException, ExecutionException, TimeoutException {
    if (isRaised) {
      store.reclaim();
    }
    long live = store.size().live();
    long usable = store.usableBytes();
    if (!isRaised && limits.isExceeded(live, usable)) {
      LOG.warn(
          "no space: the store holds {} bytes, quota {}; the disk has {} left, reserve {}",
          live,
          limits.quotaBytes(),
          usable,
          limits.reserveBytes());
      propose(self.id(), true);
    } else if (isRaised && limits.hasRoom(live, usable)) {
      LOG.info("space again: the store holds {} bytes, the disk has {} left", live, usable);
      propose(self.id(), false);
    }
  }

  private void propose(long member, boolean isRaised)
      throws InterruptedException, ExecutionException, TimeoutException {
    log.propose(
            Command.newBuilder()
                .setSpaceAlarm(SpaceAlarm.newBuilder().setMemberId(member).setIsRaised(isRaised))
                .build())
        .get(PROPOSAL_WAIT_SECONDS, TimeUnit.SECONDS);
  }
}
