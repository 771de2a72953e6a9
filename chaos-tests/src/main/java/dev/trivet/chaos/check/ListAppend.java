package dev.trivet.chaos.check;

import dev.trivet.chaos.history.Operation;
import dev.trivet.chaos.history.list.Transaction;
import dev.trivet.chaos.history.list.TransactionAnswer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Whether transactions that append to lists and read them can be put into one order that agrees
 * with real time (strict serializability).
 *
 * <p>The idea is Elle's (Kingsbury and Alvaro, 2020): since a read of a list tells the order of all
 * appends before it, we know which transaction must come before which, without a search. First
 * {@link ListOrders} asks whether the reads of each list agree at all. If they do, the needs are
 * edges of a {@link TransactionGraph}, and a cycle among them is a proof that no order exists.
 */
public final class ListAppend {
  private static final int CYCLES_SHOWN = 3;

  private ListAppend() {}

  /** Judges a whole history. */
  public static Judgement check(List<Operation<Transaction, TransactionAnswer>> operations) {
    Findings findings = new Findings("transactions");
    List<ListWork> all = new ArrayList<>();
    operations.stream()
        .sorted(Comparator.comparingLong(Operation::beginNanos))
        .forEach(operation -> all.add(ListWork.of(all.size(), operation)));
    ListOrders orders = new ListOrders(all);
    orders.check(all, findings);
    String looked = all.size() + " transactions";
    if (findings.count() > 0) {
      // The edges would be drawn from orders that are wrong.
      return findings.judgement(looked);
    }
    TransactionGraph graph = graph(all, orders);
    for (TransactionGraph.Cycle cycle : graph.cycles(CYCLES_SHOWN)) {
      findings.add(cycle.promise(), words(cycle, all), cycleOperations(cycle, all));
    }
    return findings.judgement(looked);
  }

  private static TransactionGraph graph(List<ListWork> all, ListOrders orders) {
    Map<String, List<ListWork>> unseen = new TreeMap<>();
    for (ListWork work : all) {
      work.appends()
          .forEach(
              (list, elements) -> {
                if (work.isAnswered() && !orders.order(list).containsAll(elements)) {
                  unseen.computeIfAbsent(list, _ -> new ArrayList<>()).add(work);
                }
              });
    }
    TransactionGraph graph = new TransactionGraph(all.stream().map(ListWork::operation).toList());
    for (String list : lists(all)) {
      List<Long> order = orders.order(list);
      for (int at = 1; at < order.size(); at++) {
        graph.add(
            orders.writer(list, order.get(at - 1)).number(),
            TransactionGraph.Need.APPENDED_FIRST,
            orders.writer(list, order.get(at)).number(),
            "%d is before %d in %s".formatted(order.get(at - 1), order.get(at), list));
      }
    }
    for (ListWork work : all) {
      work.found()
          .forEach(
              (list, read) -> {
                List<Long> order = orders.order(list);
                int size = read.size();
                if (size > 0) {
                  graph.add(
                      orders.writer(list, read.getLast()).number(),
                      TransactionGraph.Need.SEEN,
                      work.number(),
                      "whose %d in %s was read by".formatted(read.getLast(), list));
                }
                if (size < order.size()) {
                  graph.add(
                      work.number(),
                      TransactionGraph.Need.NOT_SEEN,
                      orders.writer(list, order.get(size)).number(),
                      "which did not see %d in %s of".formatted(order.get(size), list));
                }
                for (ListWork writer : unseen.getOrDefault(list, List.of())) {
                  graph.add(
                      work.number(),
                      TransactionGraph.Need.NOT_SEEN,
                      writer.number(),
                      "which did not see %s in %s of".formatted(writer.appends().get(list), list));
                }
              });
    }
    return graph;
  }

  private static List<String> lists(List<ListWork> all) {
    return all.stream().flatMap(work -> work.found().keySet().stream()).distinct().toList();
  }

  private static String words(TransactionGraph.Cycle cycle, List<ListWork> all) {
    StringBuilder words = new StringBuilder(cycle.name()).append(": ");
    for (TransactionGraph.Edge edge : cycle.edges()) {
      words
          .append(Words.of(all.get(edge.from()).operation()))
          .append(", ")
          .append(edge.why())
          .append(", ");
    }
    return words
        .append(Words.of(all.get(cycle.edges().getFirst().from()).operation()))
        .append(" again")
        .toString();
  }

  private static List<Operation<?, ?>> cycleOperations(
      TransactionGraph.Cycle cycle, List<ListWork> all) {
    List<Operation<?, ?>> operations = new ArrayList<>();
    for (TransactionGraph.Edge edge : cycle.edges()) {
      operations.add(all.get(edge.from()).operation());
    }
    return operations;
  }
}
