package dev.trivet.node;

import dev.trivet.peer.Member;
import dev.trivet.proto.log.Command;
import dev.trivet.proto.log.SpaceAlarm;
import dev.trivet.replicate.CommandLog;
import dev.trivet.replicate.Membership;
import dev.trivet.state.alarms.SpaceAlarms;
import dev.trivet.store.ReadView;
import dev.trivet.store.Store;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
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
  private static final Duration ROUND = Duration.ofSeconds(1);
  private static final long PROPOSAL_WAIT_SECONDS = 10;

  private final CommandLog log;
  private final Membership membership;
  private final Store store;
  private final Member self;
  private final SpaceLimits limits;
  private final Rounds rounds = new Rounds("space-watch", ROUND, this::round);

  SpaceWatch(CommandLog log, Membership membership, Store store, Member self, SpaceLimits limits) {
    this.log = log;
    this.membership = membership;
    this.store = store;
    this.self = self;
    this.limits = limits;
  }

  void start() {
    rounds.start();
  }

  @Override
  public void close() {
    rounds.close();
  }

  private void round() throws InterruptedException, ExecutionException, TimeoutException {
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
