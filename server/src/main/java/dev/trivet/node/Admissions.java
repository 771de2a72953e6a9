package dev.trivet.node;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.peer.Member;
import dev.trivet.proto.log.Command;
import dev.trivet.proto.log.GiveUpPlace;
import dev.trivet.proto.log.PlaceRecord;
import dev.trivet.replicate.CommandLog;
import dev.trivet.replicate.Membership;
import dev.trivet.state.members.Places;
import dev.trivet.store.ReadView;
import dev.trivet.store.Store;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives members that were added before they were started their places: the leader admits a node
 * that waits at the door and is at the address of a place, promotes it once it has caught up unless
 * it is to stay a learner, and gives the place up.
 *
 * <p>Each round looks at what is there and does the next step, so that a leader goes on where the
 * one before it stopped. The place goes last: as long as it is there, the node is not what was
 * asked for.
 *
 * <p>A thread of its own, since an admission takes as long as the newcomer needs to catch up.
 */
final class Admissions implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Admissions.class);
  private static final long ROUND_MILLIS = 250;
  private static final long PROPOSAL_SECONDS = 10;

  /** As long as the change itself may take. */
  private static final long ADMISSION_SECONDS = 600;

  private final CommandLog log;
  private final Membership membership;
  private final Store store;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("admissions").daemon().factory());

  Admissions(CommandLog log, Membership membership, Store store) {
    this.log = log;
    this.membership = membership;
    this.store = store;
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
    if (!log.leadership().isSelf()) {
      return;
    }
    try {
      for (PlaceRecord place : places()) {
        step(place);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | ExecutionException | TimeoutException e) {
      // A learner is behind, another change is under way, a majority is away: the next round, here
      // or at the next leader, does it again.
      if (!isNotReady(e)) {
        LOG.debug("a member that was added did not get its place yet", e);
      }
    }
  }

  private static boolean isNotReady(Exception failure) {
    return failure.getCause() instanceof TrivetException known
        && known.code() == ErrorCode.LEARNER_NOT_READY;
  }

  private List<PlaceRecord> places() {
    try (ReadView view = store.view()) {
      return Places.all(view);
    }
  }

  private void step(PlaceRecord place)
      throws InterruptedException, ExecutionException, TimeoutException {
    Optional<Member> member = at(place, membership.members());
    if (member.isEmpty()) {
      Optional<Member> visitor = at(place, membership.waiting());
      if (visitor.isPresent()) {
        admit(visitor.get());
      }
    } else if (member.get().role() == Member.Role.LEARNER && !place.getIsLearner()) {
      await(membership.promote(member.get().name()), ADMISSION_SECONDS);
    } else {
      GiveUpPlace done = GiveUpPlace.newBuilder().setId(place.getId()).build();
      await(log.propose(Command.newBuilder().setGiveUpPlace(done).build()), PROPOSAL_SECONDS);
      LOG.info("{} has the place that was kept for it", member.get().name());
    }
  }

  /** Never in place of a member: that is asked for by name, with 'trivet cluster add'. */
  private void admit(Member visitor)
      throws InterruptedException, ExecutionException, TimeoutException {
    boolean isNameTaken =
        membership.members().stream().anyMatch(each -> each.name().equals(visitor.name()));
    if (!isNameTaken) {
      await(membership.add(visitor.name()), ADMISSION_SECONDS);
    }
  }

  private static void await(CompletableFuture<?> change, long seconds)
      throws InterruptedException, ExecutionException, TimeoutException {
    var _ = change.get(seconds, TimeUnit.SECONDS);
  }

  private static Optional<Member> at(PlaceRecord place, List<Member> members) {
    return members.stream()
        .filter(
            member ->
                place.getAddressesList().contains(member.peerAddress())
                    || place.getAddressesList().contains(member.raftAddress()))
        .findFirst();
  }
}
