package dev.trivet.replicate;

import dev.trivet.errors.ErrorCode;
import dev.trivet.peer.Member;
import dev.trivet.peer.PeerNetwork;
import dev.trivet.replicate.HashHistory.Digest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares this node's state with the other members'. The state is a function of the log, so a
 * difference at one index means that somebody's disk, memory or software is broken.
 *
 * <p>Who stops: a node against which a majority of all members has one and the same other hash at
 * one index. So with three members that all answer, the odd one out stops. When two differ and no
 * third decides, nobody can know who is wrong, and stopping both, or the wrong one, would cost
 * availability without gaining truth: nobody stops, each logs an error at every round and counts
 * it, until a third member answers or a person decides.
 *
 * <p>Runs on the thread {@code replica-watch}, which it blocks for some seconds at most.
 */
final class DigestComparison {
  private static final Logger LOG = LoggerFactory.getLogger(DigestComparison.class);
  private static final long CATCH_UP_SECONDS = 2;

  private final PeerNetwork peers;
  private final PeerCalls calls;
  private final HashHistory own;
  private final AppliedIndex applied;
  private final Consumer<Throwable> onFatal;
  private final AtomicLong differences = new AtomicLong();

  DigestComparison(
      PeerNetwork peers,
      PeerCalls calls,
      HashHistory own,
      AppliedIndex applied,
      Consumer<Throwable> onFatal) {
    this.peers = peers;
    this.calls = calls;
    this.own = own;
    this.applied = applied;
    this.onFatal = onFatal;
  }

  /** Rounds in which another member's state differed from this node's. */
  long differences() {
    return differences.get();
  }

  /** Compares once with whoever answers. */
  void round() throws InterruptedException {
    List<Member> others = peers.others();
    Digest mine = differing(ask(others, 0));
    if (mine == null) {
      return;
    }
    differences.incrementAndGet();
    Map<Long, Integer> votes = new HashMap<>();
    for (Digest theirs : ask(others, mine.index())) {
      votes.merge(theirs.hash(), 1, Integer::sum);
    }
    int majority = (others.size() + 1) / 2 + 1;
    String difference =
        "after entry %d this node's state has hash %016x, other members': %s"
            .formatted(mine.index(), mine.hash(), votes);
    boolean isOutvoted =
        votes.entrySet().stream()
            .anyMatch(vote -> vote.getKey() != mine.hash() && vote.getValue() >= majority);
    if (isOutvoted) {
      onFatal.accept(
          ErrorCode.DATA_CORRUPT.exception(
              difference + "; a majority has another one: this node must start anew, empty"));
    } else {
      LOG.error(
          "{}; no majority of {} members decides who is wrong", difference, others.size() + 1);
    }
  }

  /** This node's digest at an index at which another member has a different one; null if none. */
  private @Nullable Digest differing(List<Digest> answers) throws InterruptedException {
    for (Digest theirs : answers) {
      awaitApplied(theirs.index());
      Digest mine = own.at(theirs.index());
      if (mine != null && mine.hash() != theirs.hash()) {
        return mine;
      }
    }
    return null;
  }

  private void awaitApplied(long index) throws InterruptedException {
    try {
      var _ = applied.await(index).get(CATCH_UP_SECONDS, TimeUnit.SECONDS);
    } catch (java.util.concurrent.ExecutionException
        | java.util.concurrent.TimeoutException behind) {
      LOG.debug("entry {} is not applied here yet: {}", index, String.valueOf(behind));
    }
  }

  /** The digests of those that answer and remember. */
  private List<Digest> ask(List<Member> others, long index) {
    List<CompletableFuture<@Nullable Digest>> asked = new ArrayList<>();
    for (Member other : others) {
      asked.add(calls.digest(other, index).exceptionally(_ -> null));
    }
    List<Digest> digests = new ArrayList<>();
    for (CompletableFuture<@Nullable Digest> answer : asked) {
      Digest digest = answer.join();
      if (digest != null) {
        digests.add(digest);
      }
    }
    return digests;
  }
}
