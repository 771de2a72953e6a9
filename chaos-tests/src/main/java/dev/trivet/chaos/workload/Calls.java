package dev.trivet.chaos.workload;

import dev.trivet.chaos.check.Vacuity;
import dev.trivet.chaos.history.History;
import dev.trivet.chaos.history.Operation;
import dev.trivet.chaos.history.Result;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import java.util.List;

/**
 * The history of a workload in the making. Safe for any thread.
 *
 * @param <C> what can be asked
 * @param <R> what is answered
 */
final class Calls<C, R> {
  private final History<C, R> history = new History<>();

  /** A call of our client; throws {@link TrivetException} as it does. */
  @FunctionalInterface
  interface Question<R> {
    Result<R> ask() throws InterruptedException;
  }

  /** Makes a call and notes it. */
  Result<R> make(Crew.Client by, C call, Question<R> question) throws InterruptedException {
    long begin = System.nanoTime();
    Result<R> result;
    try {
      result = question.ask();
    } catch (TrivetException e) {
      result = graded(e.code());
    }
    history.note(
        new Operation<>(by.number(), by.endpoint(), call, begin, System.nanoTime(), result));
    return result;
  }

  /**
   * Only what a node says before it does anything is a refusal. That nobody leads, that no node is
   * reached and that time is over leave open what became of the call.
   */
  static <R> Result<R> graded(ErrorCode code) {
    return switch (code) {
      case INVALID_ARGUMENT, TOO_MANY_REQUESTS, TOO_MANY_OPERATIONS, DUPLICATE_KEY ->
          new Result.Refused<>(code.name());
      default -> new Result.Unknown<>(code.name());
    };
  }

  List<Operation<C, R>> operations() {
    return history.operations();
  }

  /**
   * @param least calls that must have been answered for the run to say anything
   */
  Vacuity.Effort effort(String workload, long least, double leastShare) {
    long answered = 0;
    long refused = 0;
    long unknown = 0;
    for (Operation<C, R> operation : operations()) {
      switch (operation.result()) {
        case Result.Answered<R> _ -> answered++;
        case Result.Refused<R> _ -> refused++;
        case Result.Unknown<R> _ -> unknown++;
      }
    }
    return new Vacuity.Effort(workload, answered, refused, unknown, least, leastShare);
  }
}
