package dev.trivet.api.edge;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.log.Command;
import dev.trivet.replicate.CommandLog;
import dev.trivet.replicate.Committed;
import dev.trivet.replicate.Leadership;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The log for callers that do not try again by themselves, as etcd's clients: while there is no
 * leader, or this node still takes another one for it, commands and barriers wait for the next
 * leader, at most three seconds. Only what is known not to have been appended is proposed again.
 *
 * <p>Limits: 1,000 may wait at once, the others fail as they would without this.
 */
public final class PatientLog implements CommandLog {
  /** Longer than an election, and short enough to try another node afterwards. */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(3);

  /** A planned change of the leader takes as long; what waits for one should not double that. */
  private static final long SOON_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private static final Executor AFTER_A_MOMENT =
      CompletableFuture.delayedExecutor(5, TimeUnit.MILLISECONDS);
  private static final Executor AFTER_A_PAUSE =
      CompletableFuture.delayedExecutor(50, TimeUnit.MILLISECONDS);
  private static final Set<ErrorCode> NOT_APPENDED =
      Set.of(ErrorCode.NOT_LEADER, ErrorCode.NO_LEADER);

  /** A barrier appends nothing, so it may also be asked for again when no answer came. */
  private static final Set<ErrorCode> NO_BARRIER =
      Set.of(ErrorCode.NOT_LEADER, ErrorCode.NO_LEADER, ErrorCode.UNREACHABLE);

  private static final int MAX_WAITING = 1_000;

  private final CommandLog log;
  private final Semaphore places = new Semaphore(MAX_WAITING);

  public PatientLog(CommandLog log) {
    this.log = log;
  }

  @Override
  public CompletableFuture<Committed> propose(Command command) {
    return patiently(() -> log.propose(command), NOT_APPENDED);
  }

  @Override
  public CompletableFuture<Long> readBarrier() {
    return patiently(log::readBarrier, NO_BARRIER);
  }

  @Override
  public CompletableFuture<Long> confirmLeadership() {
    return log.confirmLeadership();
  }

  @Override
  public Leadership leadership() {
    return log.leadership();
  }

  @Override
  public long committedIndex() {
    return log.committedIndex();
  }

  @Override
  public long appliedIndex() {
    return log.appliedIndex();
  }

  private <T> CompletableFuture<T> patiently(
      Supplier<CompletableFuture<T>> step, Set<ErrorCode> passing) {
    CompletableFuture<T> result = new CompletableFuture<>();
    long begin = System.nanoTime();
    var _ =
        step.get()
            .whenComplete(
                (value, failure) -> {
                  if (failure == null) {
                    result.complete(value);
                  } else if (isAmong(passing, failure) && places.tryAcquire()) {
                    var _ = result.whenComplete((_, _) -> places.release());
                    again(step, passing, begin, result);
                  } else {
                    result.completeExceptionally(failure);
                  }
                });
    return result;
  }

  private <T> void again(
      Supplier<CompletableFuture<T>> step,
      Set<ErrorCode> passing,
      long begin,
      CompletableFuture<T> result) {
    Executor later = System.nanoTime() - begin < SOON_NANOS ? AFTER_A_MOMENT : AFTER_A_PAUSE;
    later.execute(
        () -> {
          if (result.isDone()) {
            return;
          }
          var _ =
              step.get()
                  .whenComplete(
                      (value, failure) -> {
                        if (failure == null) {
                          result.complete(value);
                        } else if (isAmong(passing, failure)
                            && System.nanoTime() - begin < PATIENCE_NANOS) {
                          again(step, passing, begin, result);
                        } else {
                          result.completeExceptionally(ofTheCluster(passing, failure));
                        }
                      });
        });
  }

  /** Who cannot go to another node wants to know of the cluster, not of one node. */
  private static Throwable ofTheCluster(Set<ErrorCode> passing, Throwable failure) {
    return isAmong(passing, failure)
        ? ErrorCode.NO_LEADER.exception(ErrorCode.NO_LEADER.text(), failure)
        : failure;
  }

  private static boolean isAmong(Set<ErrorCode> codes, Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause instanceof TrivetException known && codes.contains(known.code());
  }
}
