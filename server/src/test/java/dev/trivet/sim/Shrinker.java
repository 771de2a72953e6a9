package dev.trivet.sim;

import java.util.ArrayList;
import java.util.List;

/**
 * Makes a failing plan short: takes away actions, many at once and then fewer, as long as the same
 * promise is broken.
 *
 * <p>Source of the idea: Zeller and Hildebrandt, Simplifying and Isolating Failure-Inducing Input.
 */
final class Shrinker {
  private static final int MAX_RUNS = 250;

  private final long seed;
  private final Bug bug;
  private final Promise promise;
  private int runs;

  private Shrinker(long seed, Bug bug, Promise promise) {
    this.seed = seed;
    this.bug = bug;
    this.promise = promise;
  }

  static List<Action> shrink(long seed, List<Action> plan, Bug bug, Promise promise) {
    return new Shrinker(seed, bug, promise).shrink(plan);
  }

  private List<Action> shrink(List<Action> plan) {
    List<Action> left = plan;
    for (int size = Math.max(1, plan.size() / 2); runs < MAX_RUNS; size = Math.max(1, size / 2)) {
      List<Action> before = left;
      left = without(left, size);
      if (size == 1 && left.size() == before.size()) {
        break;
      }
    }
    return left;
  }

  /** Tries each part of a size, the last first: what comes early has more behind it. */
  private List<Action> without(List<Action> plan, int size) {
    List<Action> left = plan;
    for (int end = left.size(); end > 0 && runs < MAX_RUNS; end -= size) {
      List<Action> some = new ArrayList<>(left.subList(0, Math.max(0, end - size)));
      some.addAll(left.subList(Math.min(end, left.size()), left.size()));
      if (isBroken(some)) {
        left = List.copyOf(some);
      }
    }
    return left;
  }

  private boolean isBroken(List<Action> plan) {
    runs++;
    World.Broken broken = Run.of(seed, plan, bug, false).broken();
    return broken != null && broken.promise() == promise;
  }
}
