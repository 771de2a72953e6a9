package dev.trivet.chaos.check;

import dev.trivet.chaos.history.Operation;
import dev.trivet.chaos.history.Result;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Whether each object behaved as if every call had happened at one instant between its begin and
 * its end (Herlihy and Wing, 1990).
 *
 * <p>Each object is judged alone: a history is linearizable if and only if it is for each object.
 * Calls that were refused are left out. Calls with an unknown result never end: they may be placed
 * at any time after their begin, or never. How one object is judged: {@link PlacementSearch}.
 */
public final class Linearizability {
  /** Enough for a key that ten clients write at all the time; some hundred megabytes at worst. */
  public static final int BUDGET = 2_000_000;

  private static final String PROMISE = "every key behaves as if there were one copy of it";
  private static final int ENDED_SHOWN = 12;
  private static final int OPEN_SHOWN = 8;
  private static final int STATES_SHOWN = 5;

  private Linearizability() {}

  /** With the usual {@link #BUDGET}. */
  public static <S, C, R> Judgement check(Model<S, C, R> model, List<Operation<C, R>> operations) {
    return check(model, operations, BUDGET);
  }

  /**
   * Judges a whole history.
   *
   * @param budget how many placements may be looked at while one call ends, and a hundred times
   *     that for one object; beyond, the object is undecided
   */
  public static <S, C, R> Judgement check(
      Model<S, C, R> model, List<Operation<C, R>> operations, int budget) {
    Findings findings = new Findings("linearizability");
    List<String> undecided = new ArrayList<>();
    Map<String, List<Operation<C, R>>> objects = byObject(model, operations);
    objects.forEach(
        (key, own) -> {
          switch (new PlacementSearch<>(model, model.simplified(own), budget).run()) {
            case PlacementSearch.Ending.Placed<S, C, R> _ -> {}
            case PlacementSearch.Ending.Impossible<S, C, R>(var call, var states) ->
                findings.add(PROMISE, words(key, call, states), window(own, call));
            case PlacementSearch.Ending.TooHard<S, C, R>(var call, var why) ->
                undecided.add("%s: %s, at %s".formatted(key, why, Words.of(call)));
          }
        });
    Judgement judged =
        findings.judgement("%d calls of %d keys".formatted(operations.size(), objects.size()));
    return undecided.isEmpty() || !judged.isKept()
        ? judged
        : new Judgement(
            judged.checker(), Outcome.UNDECIDED, List.of(), String.join("; ", undecided));
  }

  private static <S, C, R> Map<String, List<Operation<C, R>>> byObject(
      Model<S, C, R> model, List<Operation<C, R>> operations) {
    Map<String, List<Operation<C, R>>> objects = new TreeMap<>();
    for (Operation<C, R> operation : operations) {
      if (!(operation.result() instanceof Result.Refused<R>)) {
        objects.computeIfAbsent(model.key(operation.call()), _ -> new ArrayList<>()).add(operation);
      }
    }
    return new LinkedHashMap<>(objects);
  }

  private static <S> String words(String key, Operation<?, ?> call, List<S> states) {
    List<String> shown = states.stream().limit(STATES_SHOWN).map(Object::toString).toList();
    return "%s: no order of the calls explains %s; all before it can be explained, and leave %s%s"
        .formatted(
            key,
            Words.of(call),
            String.join(" or ", shown),
            states.size() > shown.size() ? " or others" : "");
  }

  /**
   * The calls around the one that cannot be placed: what ended last before it, and what is open.
   */
  private static <C, R> List<Operation<C, R>> window(
      List<Operation<C, R>> own, Operation<C, R> call) {
    List<Operation<C, R>> ended = new ArrayList<>();
    List<Operation<C, R>> open = new ArrayList<>();
    for (Operation<C, R> other : own) {
      if (other.equals(call) || other.beginNanos() > call.endNanos()) {
        continue;
      }
      boolean isOpen =
          other.result() instanceof Result.Unknown<R> || other.endNanos() > call.endNanos();
      (isOpen ? open : ended).add(other);
    }
    ended.sort(Comparator.comparingLong(Operation::endNanos));
    open.sort(Comparator.comparingLong(Operation::beginNanos));
    List<Operation<C, R>> window = new ArrayList<>(last(ended, ENDED_SHOWN));
    window.addAll(last(open, OPEN_SHOWN));
    window.add(call);
    return window;
  }

  private static <T> List<T> last(List<T> all, int count) {
    return all.subList(Math.max(0, all.size() - count), all.size());
  }
}
