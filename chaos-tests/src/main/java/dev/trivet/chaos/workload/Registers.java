package dev.trivet.chaos.workload;

import com.google.protobuf.ByteString;
import dev.trivet.chaos.check.Judgement;
import dev.trivet.chaos.check.Linearizability;
import dev.trivet.chaos.check.RegisterModel;
import dev.trivet.chaos.check.RevisionOrder;
import dev.trivet.chaos.history.Result;
import dev.trivet.chaos.history.register.RegisterAnswer;
import dev.trivet.chaos.history.register.RegisterCall;
import dev.trivet.client.Compares;
import dev.trivet.client.Operations;
import dev.trivet.client.TrivetClient;
import dev.trivet.proto.etcd.DeleteRangeResponse;
import dev.trivet.proto.etcd.KeyValue;
import dev.trivet.proto.etcd.RangeRequest;
import dev.trivet.proto.etcd.RangeResponse;
import dev.trivet.proto.etcd.TxnResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Get, put, compare-and-set and delete of a few keys by many clients. Promise: all of it, reads at
 * any node included, can be explained by one order that agrees with real time.
 *
 * <p>A key is given up after some hundred calls: explaining a long history of one key, with calls
 * whose end nobody knows, takes too long.
 */
public final class Registers extends Noted<RegisterCall, RegisterAnswer> {
  private static final int CLIENTS = 8;
  private static final int KEYS = 3;
  private static final int CALLS_OF_KEY = 150;
  private static final long PAUSE_MILLIS = 8;
  private static final Floor FLOOR = new Floor(200, 0.3);

  private final AtomicLong turns = new AtomicLong();
  private final AtomicLong values = new AtomicLong();

  /** The value of each key that somebody saw last, for compares that may hold. */
  private final Map<String, String> seen = new ConcurrentHashMap<>();

  private final Reads reads;

  /** How keys are read. */
  public enum Reads {
    LINEARIZABLE,
    /** What the node that is asked has at hand: breaks the promise, so that a run can show it. */
    SERIALIZABLE
  }

  public Registers(List<String> endpoints, long seed, Reads reads) {
    super("registers", endpoints, seed, FLOOR);
    this.reads = reads;
  }

  @Override
  public void start() {
    crew.start("registers", endpoints, CLIENTS, seed, PAUSE_MILLIS, this::turn);
  }

  private boolean turn(Crew.Client client) throws InterruptedException {
    RegisterCall call = choose(client);
    Result<RegisterAnswer> result =
        calls.make(client, call, () -> new Result.Answered<>(ask(client.connection(), call)));
    if (result instanceof Result.Answered<RegisterAnswer>(RegisterAnswer answer)) {
      remember(call, answer);
      return true;
    }
    return false;
  }

  private RegisterCall choose(Crew.Client client) {
    long turn = turns.getAndIncrement();
    String key =
        "registers/%d/%d".formatted(turn / (KEYS * CALLS_OF_KEY), client.random().nextInt(KEYS));
    String value = client.number() + "-" + values.incrementAndGet();
    int choice = client.random().nextInt(100);
    String expected = seen.get(key);
    if (choice < 45) {
      return new RegisterCall.Get(key);
    }
    if (choice < 75) {
      return new RegisterCall.Put(key, value);
    }
    if (choice < 92) {
      return expected == null
          ? new RegisterCall.Create(key, value)
          : new RegisterCall.CompareAndSet(key, expected, value);
    }
    return new RegisterCall.Delete(key);
  }

  private RegisterAnswer ask(TrivetClient client, RegisterCall call) {
    ByteString key = ByteString.copyFromUtf8(call.key());
    return switch (call) {
      case RegisterCall.Get _ -> read(client, key);
      case RegisterCall.Put(_, String value) ->
          new RegisterAnswer.Done(
              client.keys().put(key, ByteString.copyFromUtf8(value)).getHeader().getRevision());
      case RegisterCall.Create(_, String value) ->
          swapped(
              client
                  .keys()
                  .txn()
                  .when(Compares.absent(key))
                  .then(Operations.put(key, ByteString.copyFromUtf8(value)))
                  .commit());
      case RegisterCall.CompareAndSet(_, String expected, String value) ->
          swapped(
              client
                  .keys()
                  .txn()
                  .when(Compares.value(key).equalTo(ByteString.copyFromUtf8(expected)))
                  .then(Operations.put(key, ByteString.copyFromUtf8(value)))
                  .commit());
      case RegisterCall.Delete _ -> {
        DeleteRangeResponse deleted = client.keys().delete(key);
        yield new RegisterAnswer.Deleted(
            deleted.getDeleted() > 0, deleted.getHeader().getRevision());
      }
    };
  }

  static RangeRequest question(ByteString key, Reads reads) {
    return RangeRequest.newBuilder()
        .setKey(key)
        .setSerializable(reads == Reads.SERIALIZABLE)
        .build();
  }

  private RegisterAnswer read(TrivetClient client, ByteString key) {
    RangeResponse found = client.keys().range(question(key, reads));
    long revision = found.getHeader().getRevision();
    if (found.getKvsCount() == 0) {
      return new RegisterAnswer.Absent(revision);
    }
    KeyValue pair = found.getKvs(0);
    return new RegisterAnswer.Value(
        pair.getValue().toStringUtf8(), pair.getModRevision(), revision);
  }

  private static RegisterAnswer swapped(TxnResponse done) {
    return new RegisterAnswer.Swapped(done.getSucceeded(), done.getHeader().getRevision());
  }

  private void remember(RegisterCall call, RegisterAnswer answer) {
    switch (answer) {
      case RegisterAnswer.Value(String value, _, _) -> seen.put(call.key(), value);
      case RegisterAnswer.Absent _, RegisterAnswer.Deleted _ -> seen.remove(call.key());
      case RegisterAnswer.Done _, RegisterAnswer.Swapped _ -> {
        // What is there now is learnt by the next read.
      }
    }
  }

  @Override
  public List<Judgement> judge() {
    var operations = calls.operations();
    return List.of(
        Linearizability.check(new RegisterModel(), operations),
        RevisionOrder.check(RevisionOrder.ofRegisters(operations)));
  }
}
