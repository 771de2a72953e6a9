package dev.trivet.chaos.check;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * In which order elements were appended to each list, as the longest read of it tells, and what
 * contradicts that any such order exists.
 */
final class ListOrders {
  private static final String ATOMIC = "a transaction is seen whole or not at all";
  private static final String REFUSED = "nobody sees what was refused";
  private static final String KNOWN = "nothing is there that nobody wrote";
  private static final String ONCE = "an append happens once";
  private static final String ONE_ORDER = "all reads of a list agree on its order";
  private static final String LASTING = "what was acknowledged is there";

  private record Element(String list, long element) {}

  private final Map<Element, ListWork> writers = new HashMap<>();
  private final Map<String, ListWork> longest = new TreeMap<>();

  ListOrders(List<ListWork> all) {
    for (ListWork work : all) {
      work.appends()
          .forEach(
              (list, elements) ->
                  elements.forEach(element -> writers.put(new Element(list, element), work)));
      work.found()
          .forEach(
              (list, read) ->
                  longest.merge(
                      list,
                      work,
                      (one, other) -> read.size() > read(one, list).size() ? other : one));
    }
  }

  /** The elements of a list as far as anybody has read it. */
  List<Long> order(String list) {
    ListWork work = longest.get(list);
    return work == null ? List.of() : read(work, list);
  }

  /** The transaction that appended an element; must be known to exist. */
  ListWork writer(String list, long element) {
    ListWork work = writers.get(new Element(list, element));
    if (work == null) {
      throw new IllegalArgumentException("nobody appended " + element + " to " + list);
    }
    return work;
  }

  /** Notes all that keeps reads from being prefixes of one order of what was appended. */
  void check(List<ListWork> all, Findings findings) {
    for (ListWork work : all) {
      for (String problem : work.problems()) {
        findings.add(ATOMIC, problem, work.operation());
      }
      work.found().forEach((list, read) -> checkRead(work, list, read, findings));
    }
    for (ListWork work : all) {
      if (work.isAnswered()) {
        work.appends().forEach((list, elements) -> checkLasting(work, list, elements, findings));
      }
    }
  }

  private void checkRead(ListWork work, String list, List<Long> read, Findings findings) {
    Set<Long> seen = new HashSet<>();
    for (long element : read) {
      ListWork writer = writers.get(new Element(list, element));
      if (!seen.add(element)) {
        findings.add(
            ONCE, "%d is twice in %s = %s".formatted(element, list, read), work.operation());
      } else if (writer == null) {
        findings.add(
            KNOWN,
            "nobody appended %d in %s = %s".formatted(element, list, read),
            work.operation());
      } else if (writer.isRefused()) {
        findings.add(
            REFUSED,
            "%d is in %s = %s".formatted(element, list, read),
            writer.operation(),
            work.operation());
      }
    }
    checkWhole(work, list, read, findings);
    ListWork longer = longest.getOrDefault(list, work);
    List<Long> order = read(longer, list);
    if (!order.subList(0, read.size()).equals(read)) {
      findings.add(
          ONE_ORDER,
          "%s was read as %s and as %s".formatted(list, read, order),
          work.operation(),
          longer.operation());
    }
  }

  /** Appends of one transaction to one list follow each other, and no read ends between them. */
  private void checkWhole(ListWork work, String list, List<Long> read, Findings findings) {
    for (int at = 0; at < read.size(); at++) {
      ListWork writer = writers.get(new Element(list, read.get(at)));
      if (writer == null) {
        continue;
      }
      List<Long> together = writer.appends().getOrDefault(list, List.of());
      if (together.getFirst().equals(read.get(at))) {
        int end = Math.min(read.size(), at + together.size());
        if (!read.subList(at, end).equals(together)) {
          findings.add(
              ATOMIC,
              "%s were appended to %s together, but %s was read".formatted(together, list, read),
              writer.operation(),
              work.operation());
        }
      }
    }
  }

  private void checkLasting(ListWork work, String list, List<Long> elements, Findings findings) {
    ListWork reader = longest.get(list);
    if (reader != null
        && work.operation().endNanos() < reader.operation().beginNanos()
        && !read(reader, list).containsAll(elements)) {
      findings.add(
          LASTING,
          "%s were appended to %s, but not all are in %s"
              .formatted(elements, list, read(reader, list)),
          work.operation(),
          reader.operation());
    }
  }

  private static List<Long> read(ListWork work, String list) {
    return work.found().getOrDefault(list, List.of());
  }
}
