package dev.trivet.chaos.check;

import dev.trivet.chaos.history.Operation;
import dev.trivet.chaos.history.Result;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Judges one object: is there an order of its calls that explains all answers?
 *
 * <p>The search is the one of Wing and Gong ("Testing and verifying concurrent objects", 1993),
 * just in time and without looking twice at what is the same, as by Lowe ("Testing for
 * linearizability", 2017). It walks over begins and ends in the order of time and keeps all {@link
 * Placement}s that explain what has ended so far. A begin only opens a call. An end of a call asks
 * for it to be placed: each placement that has not placed it yet places other open calls, in every
 * order that their answers allow, until it can. Nothing is placed sooner than an end asks for it,
 * which loses no order, since only the sequence counts and a call that is open can still be placed
 * later. If no placement is left, the call that ended is the one that cannot be explained, and the
 * history up to its end the shortest that is wrong.
 *
 * <p>Unknown calls never end, so nothing ever asks for them: they are placed only on the way to
 * another. Of two placements that differ in nothing but the unknown calls they have used, the one
 * that used fewer can do all that the other can; only it is kept (see {@link Frontier}), and those
 * that used fewer are looked at first. So a hundred unknown writes cost a hundred steps a call, not
 * two to the power of a hundred. Unknown calls that ask the same are placed in the order of their
 * begins.
 *
 * @param <S> state
 * @param <C> call
 * @param <R> answer
 */
final class PlacementSearch<S, C, R> {
  /** How a search can end. */
  sealed interface Ending<S, C, R> {
    /** There is an order. */
    record Placed<S, C, R>() implements Ending<S, C, R> {}

    /**
     * There is none.
     *
     * @param call whose end cannot be explained
     * @param states that are possible just before it
     */
    record Impossible<S, C, R>(Operation<C, R> call, List<S> states) implements Ending<S, C, R> {}

    /** The budget was not enough. */
    record TooHard<S, C, R>(Operation<C, R> call, String why) implements Ending<S, C, R> {}
  }

  private record Open<C, R>(long mask, Operation<C, R> operation, R answer) {}

  private static final int NONE = -1;
  private static final int MOST_OPEN = Long.SIZE;
  private static final int BUDGETS_IN_ALL = 100;

  private final Model<S, C, R> model;
  private final List<Operation<C, R>> begins;
  private final List<Operation<C, R>> ends;
  private final int budget;

  /** The answered calls that are open, each with its bit in the placements. */
  private final List<Open<C, R>> open = new ArrayList<>();

  /** The unknown calls that have begun, in the order of their begins: their number is their bit. */
  private final List<Operation<C, R>> unknown = new ArrayList<>();

  /**
   * For each unknown call the last one before it that asks the same, or {@link #NONE}. All of them
   * stay open for ever, so it does not matter which is placed: the first is.
   */
  private final List<Integer> likeBefore = new ArrayList<>();

  private long looked;

  /**
   * @param operations of one object, none refused
   */
  PlacementSearch(Model<S, C, R> model, List<Operation<C, R>> operations, int budget) {
    this.model = model;
    this.budget = budget;
    begins = operations.stream().sorted(Comparator.comparingLong(Operation::beginNanos)).toList();
    ends =
        operations.stream()
            .filter(operation -> operation.result() instanceof Result.Answered<R>)
            .sorted(Comparator.comparingLong(Operation::endNanos))
            .toList();
  }

  Ending<S, C, R> run() {
    Frontier<S> frontier = new Frontier<>();
    frontier.add(new Placement<>(model.initial(), 0, new long[0]));
    int begun = 0;
    for (Operation<C, R> ending : ends) {
      // A begin at the same instant as an end is before it: the calls are concurrent.
      while (begun < begins.size() && begins.get(begun).beginNanos() <= ending.endNanos()) {
        if (!open(begins.get(begun++))) {
          return new Ending.TooHard<>(ending, "more than " + MOST_OPEN + " calls are open at once");
        }
      }
      Optional<Frontier<S>> next = placeBefore(frontier, close(ending));
      if (next.isEmpty()) {
        return new Ending.TooHard<>(ending, "more than " + budget + " placements");
      }
      if (next.get().isEmpty()) {
        return new Ending.Impossible<>(ending, frontier.states());
      }
      frontier = next.get();
    }
    return new Ending.Placed<>();
  }

  /** All placements that have placed the wanted call, whose bit is free in them again. */
  private Optional<Frontier<S>> placeBefore(Frontier<S> frontier, Open<C, R> ending) {
    long wanted = ending.mask();
    Frontier<S> next = new Frontier<>();
    Frontier<S> seen = new Frontier<>();
    NavigableMap<Integer, ArrayDeque<Placement<S>>> byUsed = new TreeMap<>();
    frontier.forEach(placement -> queue(byUsed, seen, placement));
    int lookedHere = 0;
    while (!byUsed.isEmpty()) {
      ArrayDeque<Placement<S>> fewest = byUsed.firstEntry().getValue();
      Placement<S> placement = fewest.poll();
      if (placement == null) {
        byUsed.pollFirstEntry();
        continue;
      }
      if (!seen.holds(placement)) {
        continue;
      }
      if (++lookedHere > budget || ++looked > (long) budget * BUDGETS_IN_ALL) {
        return Optional.empty();
      }
      if ((placement.placed() & wanted) != 0) {
        next.add(placement.without(wanted));
      } else {
        for (Open<C, R> other : open) {
          place(placement, other, successor -> queue(byUsed, seen, successor));
        }
        place(placement, ending, successor -> queue(byUsed, seen, successor));
        placeUnknown(placement, successor -> queue(byUsed, seen, successor));
      }
    }
    return Optional.of(next);
  }

  private void queue(
      NavigableMap<Integer, ArrayDeque<Placement<S>>> byUsed,
      Frontier<S> seen,
      Placement<S> placement) {
    if (seen.add(placement)) {
      byUsed.computeIfAbsent(placement.countUsed(), _ -> new ArrayDeque<>()).add(placement);
    }
  }

  private void place(Placement<S> placement, Open<C, R> call, Consumer<Placement<S>> each) {
    if ((placement.placed() & call.mask()) == 0) {
      model
          .answered(placement.state(), call.operation().call(), call.answer())
          .ifPresent(
              state ->
                  each.accept(
                      new Placement<>(state, placement.placed() | call.mask(), placement.used())));
    }
  }

  private void placeUnknown(Placement<S> placement, Consumer<Placement<S>> each) {
    for (int number = 0; number < unknown.size(); number++) {
      int like = likeBefore.get(number);
      boolean isItsTurn = like == NONE || placement.hasUsed(like);
      if (isItsTurn && !placement.hasUsed(number)) {
        S state = model.unanswered(placement.state(), unknown.get(number).call());
        // One that changes nothing is better kept for later.
        if (!state.equals(placement.state())) {
          each.accept(placement.using(number, state));
        }
      }
    }
  }

  /** Returns false if too many are open. */
  private boolean open(Operation<C, R> operation) {
    return switch (operation.result()) {
      case Result.Unknown<R> _ -> {
        likeBefore.add(
            unknown.stream().map(Operation::call).toList().lastIndexOf(operation.call()));
        yield unknown.add(operation);
      }
      case Result.Refused<R> _ -> throw new IllegalArgumentException("refused: " + operation);
      case Result.Answered<R>(R answer) -> {
        long taken = open.stream().mapToLong(Open::mask).sum();
        boolean hasRoom = open.size() < MOST_OPEN;
        if (hasRoom) {
          open.add(new Open<>(Long.lowestOneBit(~taken), operation, answer));
        }
        yield hasRoom;
      }
    };
  }

  private Open<C, R> close(Operation<C, R> operation) {
    for (Open<C, R> call : open) {
      if (call.operation().equals(operation)) {
        open.remove(call);
        return call;
      }
    }
    throw new IllegalStateException("ends without having begun: " + operation);
  }
}
