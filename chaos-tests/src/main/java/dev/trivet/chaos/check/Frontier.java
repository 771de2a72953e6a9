package dev.trivet.chaos.check;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Placements, without those that another makes needless.
 *
 * <p>Invariant: of two with the same state and the same placed calls, neither used a subset of the
 * unknown calls of the other.
 *
 * @param <S> state
 */
final class Frontier<S> {
  private record Kind<S>(S state, long placed) {}

  private final Map<Kind<S>, List<Placement<S>>> byKind = new HashMap<>();

  /** Returns false if it is needless. */
  boolean add(Placement<S> placement) {
    List<Placement<S>> same =
        byKind.computeIfAbsent(
            new Kind<>(placement.state(), placement.placed()), _ -> new ArrayList<>(1));
    for (Placement<S> other : same) {
      if (other.usedNoMoreThan(placement)) {
        return false;
      }
    }
    same.removeIf(placement::usedNoMoreThan);
    same.add(placement);
    return true;
  }

  /** Whether it, and not only its like, was added and not made needless since. */
  @SuppressWarnings("ReferenceEquality") // a placement is not compared as a whole
  boolean holds(Placement<S> placement) {
    List<Placement<S>> same = byKind.get(new Kind<>(placement.state(), placement.placed()));
    if (same != null) {
      for (Placement<S> other : same) {
        if (other == placement) {
          return true;
        }
      }
    }
    return false;
  }

  boolean isEmpty() {
    return byKind.isEmpty();
  }

  void forEach(Consumer<Placement<S>> each) {
    byKind.values().forEach(same -> same.forEach(each));
  }

  /** All states, each once. */
  List<S> states() {
    return byKind.keySet().stream().map(Kind::state).distinct().toList();
  }
}
