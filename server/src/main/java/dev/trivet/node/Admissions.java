package dev.trivet.node;

import dev.trivet.peer.Member;
import dev.trivet.proto.log.Command;
import dev.trivet.proto.log.GiveUpPlace;
import dev.trivet.proto.log.PlaceRecord;
import dev.trivet.replicate.CommandLog;
import dev.trivet.replicate.Membership;
import dev.trivet.state.members.Places;
import dev.trivet.store.ReadView;
import dev.trivet.store.Store;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
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
  private static final Duration ROUND = Duration.ofMillis(250);
  private static final Duration PROPOSAL = Duration.ofSeconds(10);

  private final CommandLog log;
  private final Membership membership;
  private final Store store;
  private final Rounds rounds = new Rounds("admissions", ROUND, this::round);

  Admissions(CommandLog log, Membership membership, Store store) {
    this.log = log;
    this.membership = membership;
    this.store = store;
  }

  void start() {
    rounds.start();
  }

  @Override
  public void close() {
    rounds.close();
  }

  /**
   * A learner is behind, another change is under way, a majority is away: the next round, here or
   * at the next leader, does it again.
   */
  private void round() throws InterruptedException, ExecutionException, TimeoutException {
    if (log.leadership().isSelf()) {
      for (PlaceRecord place : places()) {
        step(place);
      }
    }
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
      await(membership.promote(member.get().name()), Membership.LONGEST_CHANGE);
    } else {
      GiveUpPlace done = GiveUpPlace.newBuilder().setId(place.getId()).build();
      await(log.propose(Command.newBuilder().setGiveUpPlace(done).build()), PROPOSAL);
      LOG.info("{} has the place that was kept for it", member.get().name());
    }
  }

  /** Never in place of a member: that is asked for by name, with 'trivet cluster add'. */
  private void admit(Member visitor)
      throws InterruptedException, ExecutionException, TimeoutException {
    boolean isNameTaken =
        membership.members().stream().anyMatch(each -> each.name().equals(visitor.name()));
    if (!isNameTaken) {
      await(membership.add(visitor.name()), Membership.LONGEST_CHANGE);
    }
  }

  private static void await(CompletableFuture<?> change, Duration limit)
      throws InterruptedException, ExecutionException, TimeoutException {
    var _ = change.get(limit.toNanos(), TimeUnit.NANOSECONDS);
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
