package dev.trivet.api.edge;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.log.Outcome;
import dev.trivet.replicate.Committed;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;

/** How a call waits for the log and answers, whatever it asks for. */
public final class Calls {
  /** Nothing waits longer for the log. As etcd: five seconds, and twice an election. */
  public static final Duration LONGEST_WAIT = Duration.ofSeconds(7);

  private static final TimeLimit LIMIT = TimeLimit.start(LONGEST_WAIT);

  private Calls() {}

  /**
   * Waits, on a virtual thread, until the future is done, the call's own deadline has passed or
   * {@link #LONGEST_WAIT} is over.
   *
   * @throws TrivetException what the future failed with; {@code DEADLINE_EXCEEDED} or {@code
   *     OUTCOME_UNKNOWN} when it was not done in time
   */
  public static <T> T await(CompletableFuture<T> future) {
    return await(future, LONGEST_WAIT);
  }

  /** The same with another limit, for what takes longer than one entry of the log. */
  public static <T> T await(CompletableFuture<T> future, Duration limit) {
    Deadline deadline = Context.current().getDeadline();
    long nanos = limit.toNanos();
    if (deadline != null) {
      nanos = Math.min(nanos, deadline.timeRemaining(TimeUnit.NANOSECONDS));
    }
    try {
      return future.get(nanos, TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      ErrorCode code =
          deadline != null && deadline.isExpired()
              ? ErrorCode.DEADLINE_EXCEEDED
              : ErrorCode.OUTCOME_UNKNOWN;
      throw code.exception(code.text(), e);
    } catch (ExecutionException e) {
      throw Statuses.classify(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ErrorCode.OUTCOME_UNKNOWN.exception(ErrorCode.OUTCOME_UNKNOWN.text(), e);
    }
  }

  /**
   * What a command did.
   *
   * @throws io.grpc.StatusRuntimeException when the state machine refused it
   */
  public static Outcome accepted(Committed committed) {
    Outcome outcome = committed.outcome();
    if (outcome.hasRefusal()) {
      throw Statuses.ofRefusal(outcome.getRefusal());
    }
    return outcome;
  }

  /** Answers with what the work returns or throws, on the calling thread. */
  public static <A> void answer(StreamObserver<A> observer, Supplier<? extends A> work) {
    A answer;
    try {
      answer = work.get();
    } catch (RuntimeException e) {
      observer.onError(Statuses.of(e));
      return;
    }
    observer.onNext(answer);
    observer.onCompleted();
  }

  /** Fails the future with a {@link TimeoutException} when {@link #LONGEST_WAIT} is over. */
  public static <T> CompletableFuture<T> limited(CompletableFuture<T> future) {
    return LIMIT.limit(future);
  }

  /**
   * Answers with what a future brings, on the thread that completes it: no thread waits. The
   * function must be short, for that thread may be the apply thread.
   */
  public static <T, A> void answer(
      StreamObserver<A> observer, CompletableFuture<T> future, Function<? super T, A> answer) {
    var _ =
        limited(future)
            .whenComplete(
                (value, failure) ->
                    answer(
                        observer,
                        () -> {
                          if (failure != null) {
                            throw Statuses.classify(failure);
                          }
                          return answer.apply(value);
                        }));
  }
}
