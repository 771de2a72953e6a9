package dev.trivet.lessor;

import dev.trivet.peer.Member;
import dev.trivet.replicate.AppliedListener;
import dev.trivet.replicate.CommandLog;
import dev.trivet.store.Store;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/** The real {@link Lessor} with its renewals and deadlines, on a simulated thread and network. */
public final class SimulatedLessor {
  /** A call of the leader, which answers as {@link #renewHere}. */
  @FunctionalInterface
  public interface Calls {
    CompletableFuture<long[]> renew(Member leader, long[] ids);
  }

  /** How the lessor's thread waits. */
  @FunctionalInterface
  public interface Waits {
    <T> T get(CompletableFuture<T> result, long seconds)
        throws InterruptedException, ExecutionException, TimeoutException;
  }

  private record OverCalls(Calls calls) implements LeaderCalls {
    @Override
    public void follow(Member current) {}

    @Override
    public CompletableFuture<long[]> renew(Member current, long[] ids) {
      return calls.renew(current, ids);
    }

    @Override
    public CompletableFuture<Long> remainingMillis(Member current, long id) {
      return CompletableFuture.failedFuture(new UnsupportedOperationException());
    }
  }

  private record OverWaits(Waits waits) implements LessorThread.Waits {
    @Override
    public <T> T get(CompletableFuture<T> result, long seconds)
        throws InterruptedException, ExecutionException, TimeoutException {
      return waits.get(result, seconds);
    }
  }

  private final Lessor lessor;

  public SimulatedLessor(
      Store store,
      Member self,
      Calls calls,
      ScheduledExecutorService executor,
      LongSupplier nanos,
      Executor afterAPause,
      Waits waits) {
    this.lessor =
        new Lessor(
            store,
            self.id(),
            new OverCalls(calls),
            new LessorThread(executor, nanos, afterAPause, new OverWaits(waits)));
  }

  public AppliedListener listener() {
    return lessor;
  }

  public void start(CommandLog log) {
    lessor.start(log);
  }

  public CompletableFuture<Long> renew(long id) {
    return lessor.renew(id);
  }

  public CompletableFuture<long[]> renewHere(long[] ids) {
    return lessor.renewHere(ids);
  }
}
