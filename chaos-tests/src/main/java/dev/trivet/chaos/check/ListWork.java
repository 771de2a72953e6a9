package dev.trivet.chaos.check;

import dev.trivet.chaos.history.Operation;
import dev.trivet.chaos.history.Result;
import dev.trivet.chaos.history.list.Step;
import dev.trivet.chaos.history.list.Transaction;
import dev.trivet.chaos.history.list.TransactionAnswer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One transaction, seen from outside: what it appended, and what it found of others.
 *
 * @param number of the transaction, by its begin
 * @param operation it is
 * @param appends its elements, by list, in the order of its steps
 * @param found what each list it read held before its own appends, by list; empty unless answered
 * @param problems where its reads contradict each other or its own appends
 */
record ListWork(
    int number,
    Operation<Transaction, TransactionAnswer> operation,
    Map<String, List<Long>> appends,
    Map<String, List<Long>> found,
    List<String> problems) {

  static ListWork of(int number, Operation<Transaction, TransactionAnswer> operation) {
    Map<String, List<Long>> appends = new TreeMap<>();
    Map<String, List<Long>> found = new TreeMap<>();
    List<String> problems = new ArrayList<>();
    Iterator<List<Long>> reads =
        operation.result() instanceof Result.Answered<TransactionAnswer>(var answer)
            ? answer.reads().iterator()
            : Collections.emptyIterator();
    for (Step step : operation.call().steps()) {
      switch (step) {
        case Step.Append(String list, long element) ->
            appends.computeIfAbsent(list, _ -> new ArrayList<>()).add(element);
        case Step.Read(String list) when reads.hasNext() -> {
          List<Long> read = reads.next();
          List<Long> own = appends.getOrDefault(list, List.of());
          int before = read.size() - own.size();
          if (before < 0 || !read.subList(before, read.size()).equals(own)) {
            problems.add("%s was read as %s after appending %s".formatted(list, read, own));
          } else {
            List<Long> others = read.subList(0, before);
            List<Long> first = found.putIfAbsent(list, others);
            if (first != null && !first.equals(others)) {
              problems.add("%s was read as %s and as %s".formatted(list, first, others));
            }
          }
        }
        case Step.Read _ -> {}
      }
    }
    return new ListWork(number, operation, appends, found, problems);
  }

  boolean isAnswered() {
    return operation.result() instanceof Result.Answered<TransactionAnswer>;
  }

  boolean isRefused() {
    return operation.result() instanceof Result.Refused<TransactionAnswer>;
  }
}
