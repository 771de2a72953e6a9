package dev.trivet.chaos.check;

import dev.trivet.chaos.history.Operation;
import dev.trivet.chaos.history.Result;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * Histories of an object that is right: each call happens at one instant between its begin and its
 * end, except that of some nobody learns the result, and those happen at any time or never.
 *
 * @param clients who call, each one call after the other
 * @param calls of each client
 * @param unknownShare of the calls, 0 to 1
 */
record SimulatedRun(int clients, int calls, double unknownShare) {
  private static final int LONGEST_STEP = 100;

  private record Planned<C>(
      int client, C call, long begin, long instant, long end, boolean known) {}

  /**
   * @param nextCall makes up a call
   * @param apply does it and returns its answer
   */
  <C, R> List<Operation<C, R>> run(
      RandomGenerator random, Function<RandomGenerator, C> nextCall, Function<C, R> apply) {
    List<Planned<C>> plans = new ArrayList<>();
    for (int client = 0; client < clients; client++) {
      long now = 0;
      for (int i = 0; i < calls; i++) {
        long begin = now + 1 + random.nextInt(LONGEST_STEP);
        long instant = begin + random.nextInt(LONGEST_STEP);
        long end = instant + random.nextInt(LONGEST_STEP);
        boolean isKnown = random.nextDouble() >= unknownShare;
        if (!isKnown && random.nextBoolean()) {
          instant = begin + random.nextInt(LONGEST_STEP * LONGEST_STEP);
        }
        plans.add(new Planned<>(client, nextCall.apply(random), begin, instant, end, isKnown));
        now = end;
      }
    }
    plans.sort(Comparator.comparingLong(Planned::instant));
    List<Operation<C, R>> operations = new ArrayList<>();
    for (Planned<C> plan : plans) {
      boolean happens = plan.known() || random.nextBoolean();
      Result<R> unknown = new Result.Unknown<>("no answer");
      Result<R> result = happens ? new Result.Answered<>(apply.apply(plan.call())) : unknown;
      operations.add(
          new Operation<>(
              plan.client(),
              "n" + plan.client() % 3,
              plan.call(),
              plan.begin(),
              plan.end(),
              plan.known() ? result : unknown));
    }
    operations.sort(Comparator.comparingLong(Operation::beginNanos));
    return operations;
  }
}
