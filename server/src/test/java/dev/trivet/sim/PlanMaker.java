package dev.trivet.sim;

import dev.trivet.sim.Action.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/** Makes of a seed what happens in a run. The same seed, the same plan. */
final class PlanMaker {
  /** Nothing begins later, and all faults end here. */
  static final long END_MILLIS = 9_000;

  private static final int MIN_CALLS = 55;
  private static final int MAX_CALLS = 120;
  private static final int MAX_FAULTS = 14;

  private static final Kind[] CALLS = {
    Kind.PUT,
    Kind.PUT,
    Kind.PUT,
    Kind.COMPARE_AND_SET,
    Kind.READ,
    Kind.READ,
    Kind.READ,
    Kind.NUMBERED_PUT,
    Kind.NUMBERED_PUT,
    Kind.GRANT,
    Kind.KEEP_ALIVE,
    Kind.KEEP_ALIVE,
    Kind.KEEP_ALIVE,
    Kind.KEEP_ALIVE,
    Kind.KEEP_ALIVE,
    Kind.LOCK,
    Kind.LOCK,
    Kind.LOCK,
    Kind.LOCK,
    Kind.UPLOAD,
    Kind.COMPACT,
    Kind.READ_OLD,
    Kind.READ_OLD,
    Kind.MOVE_WATCH
  };

  private static final Kind[] FAULTS = {
    Kind.CRASH,
    Kind.CRASH,
    Kind.CRASH,
    Kind.PAUSE,
    Kind.PAUSE,
    Kind.ISOLATE,
    Kind.ISOLATE,
    Kind.ISOLATE,
    Kind.CUT_ONE_WAY,
    Kind.LOSE,
    Kind.SLOW,
    Kind.SLOW_DISK,
    Kind.SET_CLOCK,
    Kind.CAMPAIGN,
    Kind.FLUSH,
    Kind.FLUSH,
    Kind.SNAPSHOT,
    Kind.SNAPSHOT
  };

  private PlanMaker() {}

  static List<Action> plan(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Action> plan = new ArrayList<>();
    int calls = random.nextInt(MIN_CALLS, MAX_CALLS);
    for (int i = 0; i < calls; i++) {
      plan.add(action(random, CALLS));
    }
    int faults = random.nextInt(MAX_FAULTS);
    for (int i = 0; i < faults; i++) {
      plan.add(action(random, FAULTS));
    }
    plan.sort(Comparator.comparingLong(Action::atMillis));
    return List.copyOf(plan);
  }

  private static Action action(SplittableRandom random, Kind[] kinds) {
    long at = random.nextLong(500, END_MILLIS - 500);
    long lasts = Math.min(random.nextLong(100, 3_000), END_MILLIS - at);
    return new Action(
        at,
        kinds[random.nextInt(kinds.length)],
        random.nextInt(World.NODES),
        random.nextInt(1_000),
        lasts);
  }
}
