package dev.trivet.replicate;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * How far this node has applied the log, and who waits for it to get further.
 *
 * <p>Raised by the apply thread; awaited from any thread.
 */
final class AppliedIndex {
  private static final int MAX_WAITERS = 65_536;

  private final NavigableMap<Long, List<CompletableFuture<Long>>> waiters = new TreeMap<>();
  private int waiting;
  private long applied = -1;
  private boolean isClosed;

  /** Done once the index is applied; fails with {@code TOO_MANY_REQUESTS} or {@code STOPPING}. */
  CompletableFuture<Long> await(long index) {
    CompletableFuture<Long> waiter = new CompletableFuture<>();
    synchronized (this) {
      if (isClosed) {
        return CompletableFuture.failedFuture(ErrorCode.STOPPING.exception());
      }
      if (index > applied) {
        if (waiting == MAX_WAITERS) {
          return CompletableFuture.failedFuture(
              ErrorCode.TOO_MANY_REQUESTS.exception(
                  "at most " + MAX_WAITERS + " reads wait for the log to be applied"));
        }
        waiting++;
        waiters.computeIfAbsent(index, _ -> new ArrayList<>()).add(waiter);
        return waiter;
      }
    }
    waiter.complete(index);
    return waiter;
  }

  synchronized long index() {
    return applied;
  }

  void raiseTo(long index) {
    List<CompletableFuture<Long>> done = new ArrayList<>();
    synchronized (this) {
      applied = Math.max(applied, index);
      NavigableMap<Long, List<CompletableFuture<Long>>> reached = waiters.headMap(applied, true);
      reached.values().forEach(done::addAll);
      reached.clear();
      waiting -= done.size();
    }
    for (CompletableFuture<Long> waiter : done) {
      waiter.complete(index);
    }
  }

  void close() {
    List<CompletableFuture<Long>> left = new ArrayList<>();
    synchronized (this) {
      isClosed = true;
      waiters.values().forEach(left::addAll);
      waiters.clear();
    }
    TrivetException stopping = ErrorCode.STOPPING.exception();
    left.forEach(waiter -> waiter.completeExceptionally(stopping));
  }
}
