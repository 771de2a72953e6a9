package dev.trivet.chaos.workload;

import com.google.protobuf.ByteString;
import dev.trivet.chaos.check.Judgement;
import dev.trivet.chaos.check.ListAppend;
import dev.trivet.chaos.check.RevisionOrder;
import dev.trivet.chaos.history.Result;
import dev.trivet.chaos.history.list.Step;
import dev.trivet.chaos.history.list.Transaction;
import dev.trivet.chaos.history.list.TransactionAnswer;
import dev.trivet.client.Compares;
import dev.trivet.client.Operations;
import dev.trivet.client.Query;
import dev.trivet.client.TrivetClient;
import dev.trivet.proto.etcd.KeyValue;
import dev.trivet.proto.etcd.RequestOp;
import dev.trivet.proto.etcd.ResponseOp;
import dev.trivet.proto.etcd.TxnResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * Transactions that append to lists and read them. A list is the value of a key; all lists of a
 * transaction are read in one, and what was read is the condition of the one that writes.
 *
 * <p>Promise: there is one order of the transactions that agrees with real time and with all reads.
 */
public final class Lists extends Noted<Transaction, TransactionAnswer> {
  private static final int CLIENTS = 6;
  private static final int LISTS = 4;
  private static final int MOST_STEPS = 4;
  private static final long TURNS_OF_LIST = 200;
  private static final long PAUSE_MILLIS = 15;
  private static final Floor FLOOR = new Floor(50, 0.1);

  private final AtomicLong turns = new AtomicLong();
  private final AtomicLong elements = new AtomicLong();

  public Lists(List<String> endpoints, long seed) {
    super("lists", endpoints, seed, FLOOR);
  }

  @Override
  public void start() {
    crew.start("lists", endpoints, CLIENTS, seed, PAUSE_MILLIS, this::turn);
  }

  private boolean turn(Crew.Client client) throws InterruptedException {
    long generation = turns.getAndIncrement() / TURNS_OF_LIST;
    List<Step> steps = new ArrayList<>();
    int count = 1 + client.random().nextInt(MOST_STEPS);
    for (int i = 0; i < count; i++) {
      String list = "lists/%d/%d".formatted(generation, client.random().nextInt(LISTS));
      steps.add(
          client.random().nextBoolean()
              ? new Step.Append(list, elements.incrementAndGet())
              : new Step.Read(list));
    }
    Transaction transaction = new Transaction(steps);
    return calls.make(client, transaction, () -> ask(client.connection(), transaction))
        instanceof Result.Answered<TransactionAnswer>;
  }

  /** A list as it is before the transaction, and the revision that must not change. */
  private record Found(List<Long> elements, long modRevision) {}

  private static Result<TransactionAnswer> ask(TrivetClient client, Transaction transaction) {
    List<String> names = transaction.steps().stream().map(Step::list).distinct().toList();
    TxnResponse read =
        client.keys().txn().then(names.stream().map(Lists::get).toArray(RequestOp[]::new)).commit();
    Map<String, Found> found = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      found.put(names.get(i), parse(read.getResponses(i)));
    }
    Map<String, List<Long>> now = new LinkedHashMap<>();
    List<List<Long>> reads = new ArrayList<>();
    for (Step step : transaction.steps()) {
      switch (step) {
        case Step.Append(String list, long element) ->
            now.computeIfAbsent(list, name -> new ArrayList<>(of(found, name).elements()))
                .add(element);
        case Step.Read(String list) ->
            reads.add(List.copyOf(now.getOrDefault(list, of(found, list).elements())));
      }
    }
    if (now.isEmpty()) {
      // Only read, in one transaction: there is nothing to write.
      return new Result.Answered<>(new TransactionAnswer(reads, read.getHeader().getRevision()));
    }
    var write = client.keys().txn();
    found.forEach(
        (name, list) -> write.when(Compares.modRevision(bytes(name)).equalTo(list.modRevision())));
    now.forEach((name, list) -> write.then(Operations.put(bytes(name), bytes(text(list)))));
    TxnResponse written = write.commit();
    return written.getSucceeded()
        ? new Result.Answered<>(new TransactionAnswer(reads, written.getHeader().getRevision()))
        : new Result.Refused<>("another one wrote meanwhile");
  }

  private static RequestOp get(String name) {
    return Operations.get(Query.key(bytes(name)));
  }

  private static Found of(Map<String, Found> found, String name) {
    return found.getOrDefault(name, new Found(List.of(), 0));
  }

  private static Found parse(ResponseOp answer) {
    if (answer.getResponseRange().getKvsCount() == 0) {
      return new Found(List.of(), 0);
    }
    KeyValue pair = answer.getResponseRange().getKvs(0);
    List<Long> elements =
        Stream.of(pair.getValue().toStringUtf8().split(" ", -1)).map(Long::valueOf).toList();
    return new Found(elements, pair.getModRevision());
  }

  private static String text(List<Long> list) {
    return String.join(" ", list.stream().map(String::valueOf).toList());
  }

  private static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }

  @Override
  public List<Judgement> judge() {
    var operations = calls.operations();
    return List.of(
        ListAppend.check(operations),
        RevisionOrder.check(RevisionOrder.ofTransactions(operations)));
  }
}
