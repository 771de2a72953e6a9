package dev.trivet.chaos.workload;

import com.google.protobuf.ByteString;
import dev.trivet.chaos.check.Judgement;
import dev.trivet.chaos.check.WatchOrder;
import dev.trivet.chaos.history.Result;
import dev.trivet.chaos.history.watch.Change;
import dev.trivet.chaos.history.watch.WatchStream;
import dev.trivet.chaos.history.watch.Write;
import dev.trivet.chaos.history.watch.Written;
import dev.trivet.client.Operations;
import dev.trivet.client.TrivetClient;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.etcd.RequestOp;
import dev.trivet.proto.etcd.ResponseOp;
import dev.trivet.proto.etcd.TxnResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes of one to three keys at once, watched by many, by way of all nodes and of each alone;
 * history is compacted meanwhile. Promise: each watch sees every change from where it began, once,
 * in order, each revision whole.
 */
public final class Watches extends Noted<Write, Written> {
  private static final int CLIENTS = 4;
  private static final int KEYS = 12;
  private static final int MOST_CHANGES = 3;
  private static final int ONE_COMPACTION_IN = 400;

  /** A watch may be at a node that stands still, which its client notices after some seconds. */
  private static final long KEPT_NANOS = 40_000_000_000L;

  private static final long PAUSE_MILLIS = 20;
  private static final long CATCH_UP_MILLIS = 30_000;
  private static final Floor FLOOR = new Floor(50, 0.3);
  private static final String PREFIX = "watched/";

  private final AtomicLong values = new AtomicLong();
  private final AtomicLong lastRevision = new AtomicLong();
  private final Queue<Mark> marks = new ConcurrentLinkedQueue<>();
  private final List<WatchLog> logs = new ArrayList<>();

  /** The last revision, as it was at a time by {@link System#nanoTime}. */
  private record Mark(long atNanos, long revision) {}

  public Watches(List<String> endpoints, long seed) {
    super("watches", endpoints, seed, FLOOR);
  }

  @Override
  public void start() {
    logs.add(new WatchLog("all", endpoints, PREFIX));
    for (int i = 0; i < endpoints.size(); i++) {
      logs.add(new WatchLog(endpoints.get(i), List.of(endpoints.get(i)), PREFIX));
      // One of a part of the keys, which gets gaps between its revisions.
      logs.add(new WatchLog("part-" + i, endpoints, PREFIX + i));
    }
    crew.start("watches", endpoints, CLIENTS, seed, PAUSE_MILLIS, this::turn);
  }

  private boolean turn(Crew.Client client) throws InterruptedException {
    if (client.random().nextInt(ONE_COMPACTION_IN) == 0) {
      compact(client.connection());
    }
    List<Change> changes = new ArrayList<>();
    int first = client.random().nextInt(KEYS);
    int count = 1 + client.random().nextInt(MOST_CHANGES);
    for (int i = 0; i < count; i++) {
      String key = PREFIX + (first + i) % KEYS;
      changes.add(
          client.random().nextInt(5) == 0
              ? new Change.Delete(key)
              : new Change.Put(key, client.number() + "-" + values.incrementAndGet()));
    }
    Write write = new Write(changes);
    return calls.make(client, write, () -> new Result.Answered<>(ask(client.connection(), write)))
        instanceof Result.Answered<Written>;
  }

  /** Watches that follow, whoever's they are, are far ahead of what is given up. */
  private void compact(TrivetClient client) {
    long now = System.nanoTime();
    marks.add(new Mark(now, lastRevision.get()));
    long revision = 0;
    for (Mark oldest = marks.peek();
        oldest != null && now - oldest.atNanos() > KEPT_NANOS;
        oldest = marks.peek()) {
      revision = oldest.revision();
      marks.remove(oldest);
    }
    if (revision > 0) {
      try {
        var _ = client.keys().compact(revision, false);
      } catch (TrivetException _) {
        // Somebody else compacted further, or nobody could be asked: the next time will do.
      }
    }
  }

  private Written ask(TrivetClient client, Write write) {
    RequestOp[] operations =
        write.changes().stream()
            .map(
                change ->
                    switch (change) {
                      case Change.Put(String key, String value) ->
                          Operations.put(
                              ByteString.copyFromUtf8(key), ByteString.copyFromUtf8(value));
                      case Change.Delete(String key) ->
                          Operations.delete(ByteString.copyFromUtf8(key));
                    })
            .toArray(RequestOp[]::new);
    TxnResponse done = client.keys().txn().then(operations).commit();
    List<Change> made = new ArrayList<>();
    for (int i = 0; i < write.changes().size(); i++) {
      ResponseOp answer = done.getResponses(i);
      if (answer.hasResponsePut() || answer.getResponseDeleteRange().getDeleted() > 0) {
        made.add(write.changes().get(i));
      }
    }
    long revision = done.getHeader().getRevision();
    lastRevision.accumulateAndGet(revision, Math::max);
    return new Written(revision, made);
  }

  @Override
  public void stop() throws InterruptedException {
    crew.stop();
    long end = System.nanoTime() + CATCH_UP_MILLIS * 1_000_000;
    // A last write to all keys tells each watch, and us, that it has seen all before it.
    List<Change> all = new ArrayList<>();
    for (int i = 0; i < KEYS; i++) {
      all.add(new Change.Put(PREFIX + i, "last"));
    }
    try (TrivetClient client = TrivetClient.connect(endpoints)) {
      Crew.Client last = new Crew.Client(CLIENTS, "all", client, new Random(seed));
      Write write = new Write(all);
      var _ = calls.make(last, write, () -> new Result.Answered<>(ask(client, write)));
    }
    for (WatchLog log : logs) {
      while (!log.hasReached(lastRevision.get()) && System.nanoTime() < end) {
        Thread.sleep(PAUSE_MILLIS);
      }
      log.close();
    }
  }

  @Override
  public List<Judgement> judge() {
    List<WatchStream> streams = logs.stream().map(WatchLog::stream).toList();
    return List.of(WatchOrder.check(streams, calls.operations()));
  }

  @Override
  public void close() {
    logs.forEach(WatchLog::close);
    crew.close();
  }
}
