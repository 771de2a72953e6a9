package dev.trivet.chaos.check;

import dev.trivet.chaos.history.Operation;
import dev.trivet.chaos.history.Result;

/** Operations for stories, with times of a few units. */
final class Calls {
  private Calls() {}

  static <C, R> Operation<C, R> answered(int client, long begin, long end, C call, R answer) {
    return new Operation<>(client, "n1", call, begin, end, new Result.Answered<>(answer));
  }

  static <C, R> Operation<C, R> unknown(int client, long begin, long end, C call) {
    return new Operation<>(client, "n1", call, begin, end, new Result.Unknown<>("no answer"));
  }

  static <C, R> Operation<C, R> refused(int client, long begin, long end, C call) {
    return new Operation<>(client, "n1", call, begin, end, new Result.Refused<>("no"));
  }
}
