package dev.trivet.replicate;

import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.peer.ObserveTermResponse;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftConfiguration;

/**
 * The leader's side of a linearizable read.
 *
 * <p>A round notes the commit index and then asks the other voters for their term. When a majority
 * (of both configurations while they change), this node included, knows no term above its own, then
 * no later leader existed when the round began, so nobody can have acknowledged a write that the
 * noted index leaves out. The answers must be to questions asked after the read arrived: a read
 * never joins a round that has begun, it waits for the next one, which all that wait share.
 *
 * <p>Ratis's own linearizable reads are not used: it confirms leadership once per commit index and
 * so can serve stale values.
 */
final class ReadBarriers {
  private final Electorate electorate;

  private final SharedRound<Long> rounds = new SharedRound<>(this::begin);

  ReadBarriers(Electorate electorate) {
    this.electorate = electorate;
  }

  /** An index to be applied before the read; fails with {@code NOT_LEADER} or {@code NO_LEADER}. */
  CompletableFuture<Long> confirm() {
    return rounds.join();
  }

  private CompletableFuture<Long> begin() {
    Round round = new Round();
    round.begin();
    return round.result;
  }

  /** One question to all voters. */
  private final class Round {
    private final CompletableFuture<Long> result = new CompletableFuture<>();
    private final Set<RaftPeerId> agreeing = new HashSet<>();
    private final Set<RaftPeerId> silent = new HashSet<>();
    private long term;
    private long target;

    void begin() {
      term = electorate.term();
      if (!electorate.isLeader()) {
        result.completeExceptionally(ErrorCode.NOT_LEADER.exception());
        return;
      }
      if (!electorate.isLeaderReady()) {
        result.completeExceptionally(
            ErrorCode.NO_LEADER.exception("the leader has not committed in its term yet"));
        return;
      }
      target = electorate.committedIndex();
      RaftConfiguration configuration = electorate.configuration();
      Set<RaftPeer> voters = new LinkedHashSet<>(configuration.getCurrentPeers());
      voters.addAll(configuration.getPreviousPeers());
      count(configuration, electorate.self(), term);
      for (RaftPeer voter : voters) {
        if (!voter.getId().equals(electorate.self())) {
          ask(configuration, voter);
        }
      }
    }

    private void ask(RaftConfiguration configuration, RaftPeer voter) {
      String id = voter.getId().toString();
      var _ =
          electorate
              .observeTerm(voter)
              .whenComplete(
                  (ObserveTermResponse answer, Throwable failure) -> {
                    if (failure == null && answer.getMember().equals(id)) {
                      count(configuration, voter.getId(), answer.getTerm());
                    } else {
                      miss(
                          configuration,
                          voter.getId(),
                          failure == null
                              ? "%s answers as %s".formatted(id, answer.getMember())
                              : String.valueOf(failure.getMessage()));
                    }
                  });
    }

    private void count(RaftConfiguration configuration, RaftPeerId voter, long known) {
      if (known > term) {
        result.completeExceptionally(
            ErrorCode.NOT_LEADER.exception(
                voter + " knows term " + known + ", this node led term " + term));
        return;
      }
      boolean isEnough;
      synchronized (this) {
        agreeing.add(voter);
        isEnough = isMajority(agreeing, configuration);
      }
      if (!isEnough || result.isDone()) {
        return;
      }
      if (electorate.isLeader() && electorate.term() == term) {
        result.complete(target);
      } else {
        result.completeExceptionally(ErrorCode.NOT_LEADER.exception());
      }
    }

    private void miss(RaftConfiguration configuration, RaftPeerId voter, String why) {
      boolean isHopeless;
      synchronized (this) {
        silent.add(voter);
        Set<RaftPeerId> left = new HashSet<>();
        configuration.getCurrentPeers().forEach(peer -> left.add(peer.getId()));
        configuration.getPreviousPeers().forEach(peer -> left.add(peer.getId()));
        left.removeAll(silent);
        isHopeless = !isMajority(left, configuration);
      }
      if (isHopeless) {
        result.completeExceptionally(
            ErrorCode.NO_LEADER.exception(
                "the leader does not reach a majority of the voters: " + why));
      }
    }
  }

  private static boolean isMajority(Set<RaftPeerId> some, RaftConfiguration configuration) {
    return isMajority(some, configuration.getCurrentPeers())
        && (configuration.getPreviousPeers().isEmpty()
            || isMajority(some, configuration.getPreviousPeers()));
  }

  private static boolean isMajority(Set<RaftPeerId> some, Collection<RaftPeer> voters) {
    long agreeing = voters.stream().filter(voter -> some.contains(voter.getId())).count();
    return agreeing > voters.size() / 2;
  }
}
