package dev.trivet.lessor;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Renewals that wait, in groups: while some are under way the next group fills up, so that a busy
 * node pays once for the proof, or the call to the leader, of many. A renewal may be made twice
 * without harm, so one that met no leader is tried again for a while.
 *
 * <p>Limits: 16,384 wait at once; more are refused as too many.
 *
 * <p>Safe for any thread; no method waits.
 */
final class Renewals {
  private static final int MAX_WAITING = 16_384;
  private static final int MAX_GROUP = 4_096;
  private static final int MAX_UNDER_WAY = 2;

  /** Longer than an election. */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

  private static final Set<ErrorCode> PASSING =
      EnumSet.of(
          ErrorCode.NOT_LEADER,
          ErrorCode.NO_LEADER,
          ErrorCode.UNREACHABLE,
          ErrorCode.OUTCOME_UNKNOWN,
          ErrorCode.DEADLINE_EXCEEDED);

  private record Waiting(long id, long sinceNanos, CompletableFuture<Long> answer) {}

  private final Function<long[], CompletableFuture<long[]>> step;
  private final LongSupplier nanos;
  private final Executor afterAPause;
  private final Deque<Waiting> queue = new ArrayDeque<>();
  private int underWay;

  /** Renewals that were taken and are not answered, those that are tried again included. */
  private int open;

  /**
   * @param step renews a group: times to live in the order of the ids
   * @param nanos a monotonic clock
   * @param afterAPause runs what is tried again
   */
  Renewals(
      Function<long[], CompletableFuture<long[]>> step, LongSupplier nanos, Executor afterAPause) {
    this.step = step;
    this.nanos = nanos;
    this.afterAPause = afterAPause;
  }

  /** The lease's time to live in seconds once it is renewed; 0 if it does not exist. */
  CompletableFuture<Long> renew(long id) {
    Waiting waiting = new Waiting(id, nanos.getAsLong(), new CompletableFuture<>());
    List<Waiting> group;
    synchronized (this) {
      if (open == MAX_WAITING) {
        return CompletableFuture.failedFuture(ErrorCode.TOO_MANY_REQUESTS.exception());
      }
      open++;
      queue.add(waiting);
      group = next();
    }
    make(group);
    return waiting.answer();
  }

  private List<Waiting> next() {
    List<Waiting> group = new ArrayList<>();
    if (underWay == MAX_UNDER_WAY) {
      return group;
    }
    while (!queue.isEmpty() && group.size() < MAX_GROUP) {
      group.add(queue.remove());
    }
    underWay += group.isEmpty() ? 0 : 1;
    return group;
  }

  private void make(List<Waiting> group) {
    if (group.isEmpty()) {
      return;
    }
    long[] ids = group.stream().mapToLong(Waiting::id).toArray();
    CompletableFuture<long[]> made;
    try {
      made = step.apply(ids);
    } catch (RuntimeException e) {
      made = CompletableFuture.failedFuture(e);
    }
    var _ = made.whenComplete((seconds, failure) -> answer(group, seconds, failure));
  }

  private void answer(List<Waiting> group, long @Nullable [] seconds, @Nullable Throwable failure) {
    boolean isAgain = failure != null && isPassing(failure) && isYoung(group);
    List<Waiting> following;
    synchronized (this) {
      underWay--;
      open -= isAgain ? 0 : group.size();
      following = next();
    }
    make(following);
    if (isAgain) {
      afterAPause.execute(() -> again(group));
      return;
    }
    for (int i = 0; i < group.size(); i++) {
      CompletableFuture<Long> to = group.get(i).answer();
      if (seconds != null && i < seconds.length) {
        to.complete(seconds[i]);
      } else {
        to.completeExceptionally(
            failure == null
                ? ErrorCode.OUTCOME_UNKNOWN.exception("the leader's answer has a gap")
                : ofTheCluster(failure));
      }
    }
  }

  private void again(List<Waiting> group) {
    List<Waiting> following;
    synchronized (this) {
      group.forEach(queue::add);
      following = next();
    }
    make(following);
  }

  private boolean isYoung(List<Waiting> group) {
    return nanos.getAsLong() - group.getFirst().sinceNanos() < PATIENCE_NANOS;
  }

  private static boolean isPassing(Throwable failure) {
    return cause(failure) instanceof TrivetException known && PASSING.contains(known.code());
  }

  private static Throwable ofTheCluster(Throwable failure) {
    return isPassing(failure)
        ? ErrorCode.NO_LEADER.exception(ErrorCode.NO_LEADER.text(), cause(failure))
        : cause(failure);
  }

  private static Throwable cause(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause == null ? failure : cause;
  }
}
