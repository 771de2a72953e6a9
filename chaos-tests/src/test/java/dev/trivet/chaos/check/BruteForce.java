package dev.trivet.chaos.check;

import dev.trivet.chaos.history.Operation;
import dev.trivet.chaos.history.Result;
import java.util.ArrayList;
import java.util.List;

/** Linearizability by trying every order: for a handful of calls. */
final class BruteForce {
  private BruteForce() {}

  /**
   * @param operations of one object
   */
  static <S, C, R> boolean isLinearizable(Model<S, C, R> model, List<Operation<C, R>> operations) {
    return canPlace(model, model.initial(), operations);
  }

  private static <S, C, R> boolean canPlace(
      Model<S, C, R> model, S state, List<Operation<C, R>> left) {
    if (left.stream().noneMatch(BruteForce::isAnswered)) {
      return true;
    }
    for (Operation<C, R> next : left) {
      boolean isTooEarly =
          left.stream()
              .anyMatch(other -> isAnswered(other) && other.endNanos() < next.beginNanos());
      if (isTooEarly) {
        continue;
      }
      List<Operation<C, R>> rest = new ArrayList<>(left);
      rest.remove(next);
      boolean isPossible =
          next.result() instanceof Result.Answered<R>(R answer)
              ? model
                  .answered(state, next.call(), answer)
                  .filter(after -> canPlace(model, after, rest))
                  .isPresent()
              : canPlace(model, model.unanswered(state, next.call()), rest);
      if (isPossible) {
        return true;
      }
    }
    return false;
  }

  private static boolean isAnswered(Operation<?, ?> operation) {
    return operation.result() instanceof Result.Answered<?>;
  }
}
