package dev.trivet.chaos.check;

import dev.trivet.chaos.history.Operation;
import dev.trivet.chaos.history.Result;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Transactions and which must come before which.
 *
 * <p>That one ended before another began would be a number of edges that grows with the square of
 * the transactions. So each end of a transaction is a node of its own, on a line from the first end
 * to the last: a transaction leads to its end, the line leads on, and the last end before a begin
 * leads to the transaction that begins. Nodes from 0 are transactions, those after them ends.
 */
final class TransactionGraph {
  /** Why one transaction must come before another; the letters are the literature's. */
  enum Need {
    /** Its append is before the other's in a list (ww). */
    APPENDED_FIRST,
    /** Its append was read by the other (wr). */
    SEEN,
    /** It did not see the append of the other (rw). */
    NOT_SEEN,
    /** It ended before the other began. */
    ENDED_FIRST
  }

  /** One need, from a transaction to another, with its reason in words between the two. */
  record Edge(int from, Need need, int to, String why) {}

  /** Edges that lead back to where they begin. */
  record Cycle(List<Edge> edges) {
    Cycle {
      edges = List.copyOf(edges);
    }

    /** As the literature calls it. */
    String name() {
      Set<Need> needs = EnumSet.noneOf(Need.class);
      edges.forEach(edge -> needs.add(edge.need()));
      long notSeen = edges.stream().filter(edge -> edge.need() == Need.NOT_SEEN).count();
      String name =
          notSeen > 1 ? "G2" : notSeen == 1 ? "G-single" : needs.contains(Need.SEEN) ? "G1c" : "G0";
      return needs.contains(Need.ENDED_FIRST) ? name + " with real time" : name;
    }

    String promise() {
      return name().endsWith("time")
          ? "transactions happen in one order that agrees with real time"
          : "transactions happen in one order";
    }
  }

  /** From the worst cycle to the least bad; each asks for all needs of those before it. */
  private static final List<Set<Need>> STAGES =
      List.of(
          EnumSet.of(Need.APPENDED_FIRST),
          EnumSet.of(Need.APPENDED_FIRST, Need.SEEN),
          EnumSet.of(Need.APPENDED_FIRST, Need.SEEN, Need.NOT_SEEN),
          EnumSet.allOf(Need.class));

  /** A wrong history can have one component of everything. */
  private static final int STARTS_TRIED = 50;

  private final int transactions;
  private final List<List<Edge>> edges = new ArrayList<>();

  /**
   * @param operations the transactions; their places in the list are their numbers
   */
  TransactionGraph(List<? extends Operation<?, ?>> operations) {
    transactions = operations.size();
    operations.forEach(_ -> edges.add(new ArrayList<>()));
    addRealTime(operations);
  }

  /** Notes that a transaction must come before another; one with itself is left out. */
  void add(int from, Need need, int to, String why) {
    if (from != to) {
      edges.get(from).add(new Edge(from, need, to, why));
    }
  }

  private void addRealTime(List<? extends Operation<?, ?>> operations) {
    List<Integer> byEnd = new ArrayList<>();
    List<Integer> byBegin = new ArrayList<>();
    for (int number = 0; number < transactions; number++) {
      byBegin.add(number);
      if (operations.get(number).result() instanceof Result.Answered<?>) {
        byEnd.add(number);
      }
    }
    byEnd.sort(Comparator.comparingLong(number -> operations.get(number).endNanos()));
    byBegin.sort(Comparator.comparingLong(number -> operations.get(number).beginNanos()));
    for (int at = 0; at < byEnd.size(); at++) {
      edges.add(new ArrayList<>());
      add(byEnd.get(at), Need.ENDED_FIRST, transactions + at, "");
      if (at > 0) {
        add(transactions + at - 1, Need.ENDED_FIRST, transactions + at, "");
      }
    }
    int ended = 0;
    for (int number : byBegin) {
      while (ended < byEnd.size()
          && operations.get(byEnd.get(ended)).endNanos() < operations.get(number).beginNanos()) {
        ended++;
      }
      if (ended > 0) {
        add(transactions + ended - 1, Need.ENDED_FIRST, number, "");
      }
    }
  }

  /** Some cycles, the worst first, none with a transaction of one before it. */
  List<Cycle> cycles(int atMost) {
    List<Cycle> found = new ArrayList<>();
    boolean[] taken = new boolean[edges.size()];
    for (Set<Need> needs : STAGES) {
      for (List<Integer> component : new Components(needs).all()) {
        boolean isNew = component.stream().noneMatch(node -> taken[node]);
        if (isNew && found.size() < atMost) {
          component.forEach(node -> taken[node] = true);
          found.add(shortest(component, needs));
        }
      }
    }
    return found;
  }

  /** The shortest cycle through any of some transactions that all reach each other. */
  private Cycle shortest(List<Integer> component, Set<Need> needs) {
    List<Edge> best = List.of();
    List<Integer> starts = component.stream().filter(node -> node < transactions).toList();
    for (int node : starts.subList(0, Math.min(starts.size(), STARTS_TRIED))) {
      List<Edge> cycle = cycleThrough(node, component, needs);
      if (best.isEmpty() || (!cycle.isEmpty() && cycle.size() < best.size())) {
        best = cycle;
      }
    }
    return new Cycle(withoutEnds(best));
  }

  private List<Edge> cycleThrough(int start, List<Integer> component, Set<Need> needs) {
    Set<Integer> inside = Set.copyOf(component);
    Map<Integer, Edge> cameBy = new HashMap<>();
    ArrayDeque<Integer> queue = new ArrayDeque<>(List.of(start));
    while (!queue.isEmpty() && !cameBy.containsKey(start)) {
      for (Edge edge : edges.get(queue.remove())) {
        if (needs.contains(edge.need())
            && inside.contains(edge.to())
            && cameBy.putIfAbsent(edge.to(), edge) == null) {
          queue.add(edge.to());
        }
      }
    }
    List<Edge> cycle = new ArrayList<>();
    @Nullable Edge edge = cameBy.get(start);
    while (edge != null) {
      cycle.add(edge);
      edge = edge.from() == start ? null : cameBy.get(edge.from());
    }
    Collections.reverse(cycle);
    return cycle;
  }

  /** Each way along the line of ends is one edge between transactions. */
  private List<Edge> withoutEnds(List<Edge> cycle) {
    List<Edge> between = new ArrayList<>();
    int from = -1;
    for (Edge edge : cycle) {
      if (edge.from() < transactions) {
        from = edge.from();
      }
      if (edge.to() < transactions) {
        between.add(
            from == edge.from()
                ? edge
                : new Edge(from, Need.ENDED_FIRST, edge.to(), "which ended before the begin of"));
      }
    }
    return between;
  }

  /**
   * Strongly connected components of more than one node (Tarjan, 1972), with a stack of its own
   * since histories are longer than a thread's stack is deep.
   */
  private final class Components {
    private final Set<Need> needs;
    private final int[] order = new int[edges.size()];
    private final int[] low = new int[edges.size()];
    private final int[] nextEdge = new int[edges.size()];
    private final boolean[] isOnStack = new boolean[edges.size()];
    private final ArrayDeque<Integer> stack = new ArrayDeque<>();
    private final List<List<Integer>> all = new ArrayList<>();
    private int visited;

    Components(Set<Need> needs) {
      this.needs = needs;
    }

    List<List<Integer>> all() {
      for (int node = 0; node < order.length; node++) {
        if (order[node] == 0) {
          visit(node);
        }
      }
      return all;
    }

    private void visit(int root) {
      ArrayDeque<Integer> path = new ArrayDeque<>();
      enter(root, path);
      while (!path.isEmpty()) {
        int node = path.element();
        if (nextEdge[node] < edges.get(node).size()) {
          Edge edge = edges.get(node).get(nextEdge[node]++);
          if (!needs.contains(edge.need())) {
            continue;
          }
          if (order[edge.to()] == 0) {
            enter(edge.to(), path);
          } else if (isOnStack[edge.to()]) {
            low[node] = Math.min(low[node], order[edge.to()]);
          }
        } else {
          path.remove();
          if (!path.isEmpty()) {
            low[path.element()] = Math.min(low[path.element()], low[node]);
          }
          if (low[node] == order[node]) {
            leave(node);
          }
        }
      }
    }

    private void enter(int node, ArrayDeque<Integer> path) {
      order[node] = ++visited;
      low[node] = visited;
      isOnStack[node] = true;
      stack.push(node);
      path.push(node);
    }

    private void leave(int root) {
      List<Integer> component = new ArrayList<>();
      int node;
      do {
        node = stack.pop();
        isOnStack[node] = false;
        component.add(node);
      } while (node != root);
      if (component.size() > 1) {
        all.add(component);
      }
    }
  }
}
