package dev.trivet.sim;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a seed comes to. */
final class Seed {
  private static final int LAST_LINES = 150;

  private Seed() {}

  /** Runs a seed; null when all promises are kept. */
  static World.@Nullable Broken run(long seed, Bug bug) {
    return Run.of(seed, PlanMaker.plan(seed), bug, false).broken();
  }

  /** Runs a failing seed again with less and less, and tells what happens in the least. */
  static String report(long seed, Bug bug, Promise promise) {
    List<Action> plan = Shrinker.shrink(seed, PlanMaker.plan(seed), bug, promise);
    Run.Result told = Run.of(seed, plan, bug, true);
    StringBuilder text = new StringBuilder(200);
    text.append("seed ")
        .append(seed)
        .append(" breaks: ")
        .append(promise.text())
        .append("\nrun it again: mvn verify -pl server -am -Dtest=SimulationTest")
        .append(" -Dsurefire.failIfNoSpecifiedTests=false -Dsimulation.first=")
        .append(seed)
        .append(" -Dsimulation.count=1\nthe least plan that does so:\n");
    plan.forEach(action -> text.append("%6d ms  %s%n".formatted(action.atMillis(), action.text())));
    text.append("what happened last:\n");
    List<String> lines = told.lines();
    lines
        .subList(Math.max(0, lines.size() - LAST_LINES), lines.size())
        .forEach(line -> text.append(line).append('\n'));
    return text.toString();
  }
}
