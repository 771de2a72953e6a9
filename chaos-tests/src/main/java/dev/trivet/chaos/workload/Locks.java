package dev.trivet.chaos.workload;

import com.google.protobuf.ByteString;
import dev.trivet.chaos.check.Fencing;
import dev.trivet.chaos.check.Judgement;
import dev.trivet.chaos.history.Result;
import dev.trivet.chaos.history.lock.LockAnswer;
import dev.trivet.chaos.history.lock.LockCall;
import dev.trivet.client.Operations;
import dev.trivet.client.TrivetClient;
import dev.trivet.errors.TrivetException;
import dev.trivet.locks.Election;
import dev.trivet.locks.Lock;
import dev.trivet.proto.etcd.Compare;
import dev.trivet.proto.etcd.TxnResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Clients that hold a lock, or an office, for a moment and write under its guard. Promise: later
 * holders have higher tokens, and no guarded write passes once somebody else has it.
 */
public final class Locks extends Noted<LockCall, LockAnswer> {
  /** One of them for each of three nodes. */
  private static final int CLIENTS = 6;

  private static final int LOCKS = 2;
  private static final int WRITES = 4;

  /** Some rest between their writes: whoever is cut off then may have lost the lock meanwhile. */
  private static final int ONE_SLOW_IN = 3;

  /**
   * Some lose it without notice, as who stood still while its lease ended, and write all the same.
   */
  private static final int ONE_ROBBED_IN = 5;

  private static final Duration TTL = Duration.ofSeconds(2);
  private static final Duration PATIENCE = Duration.ofSeconds(6);
  private static final long PAUSE_MILLIS = 30;
  private static final Floor FLOOR = new Floor(20, 0.1);

  private final Kind kind;

  private Locks(String name, Kind kind, List<String> endpoints, long seed) {
    super(name, endpoints, seed, FLOOR);
    this.kind = kind;
  }

  /** What both have: a token, a guard, and an end. */
  private record Holding(long token, Compare guard, Runnable release) {}

  /** How one comes to hold it. */
  @FunctionalInterface
  private interface Kind {
    Holding acquire(TrivetClient client, String what) throws InterruptedException, TimeoutException;
  }

  /** Of locks. */
  public static Locks locks(List<String> endpoints, long seed) {
    return new Locks(
        "locks",
        (client, what) -> {
          var held = new Lock(client, what, TTL).acquire(PATIENCE);
          return new Holding(held.token(), held.guard(), held::close);
        },
        endpoints,
        seed);
  }

  /** Of offices that are campaigned for. */
  public static Locks elections(List<String> endpoints, long seed) {
    return new Locks(
        "elections",
        (client, what) -> {
          var leading =
              new Election(client, what, TTL)
                  .campaign(ByteString.copyFromUtf8("candidate"), PATIENCE);
          return new Holding(leading.token(), leading.guard(), leading::close);
        },
        endpoints,
        seed);
  }

  @Override
  public void start() {
    crew.start(name(), endpoints, CLIENTS, seed, PAUSE_MILLIS, this::turn);
  }

  private boolean turn(Crew.Client client) throws InterruptedException {
    String lock = "%s/%d".formatted(name(), client.random().nextInt(LOCKS));
    AtomicReference<Holding> got = new AtomicReference<>();
    Result<LockAnswer> acquired =
        calls.make(
            client,
            new LockCall.Acquire(lock),
            () -> {
              try {
                Holding holding = kind.acquire(client.connection(), lock);
                got.set(holding);
                return new Result.Answered<>(new LockAnswer.Held(holding.token()));
              } catch (TimeoutException _) {
                return new Result.Unknown<>("its turn did not come");
              }
            });
    Holding holding = got.get();
    if (holding == null || !(acquired instanceof Result.Answered<LockAnswer>)) {
      return false;
    }
    int writes = 1 + client.random().nextInt(WRITES);
    boolean isRobbed = client.random().nextInt(ONE_ROBBED_IN) == 0;
    boolean isSlow = isRobbed || client.random().nextInt(ONE_SLOW_IN) == 0;
    if (isRobbed) {
      rob(client.connection(), holding);
    }
    for (int i = 0; i < writes; i++) {
      if (isSlow) {
        Thread.sleep(client.random().nextLong(TTL.toMillis()));
      }
      var _ =
          calls.make(
              client,
              new LockCall.GuardedWrite(lock, holding.token()),
              () -> write(client.connection(), lock, holding));
    }
    var _ =
        calls.make(
            client,
            new LockCall.Release(lock, holding.token()),
            () -> {
              holding.release().run();
              return new Result.Answered<>(new LockAnswer.Released());
            });
    return true;
  }

  /** Takes away the key by which it is held: the next in line has it now. */
  private static void rob(TrivetClient client, Holding holding) {
    try {
      var _ = client.keys().delete(holding.guard().getKey());
    } catch (TrivetException _) {
      // Then it may still be held, and its writes may be refused or not.
    }
  }

  private static Result<LockAnswer> write(TrivetClient client, String lock, Holding holding) {
    TxnResponse done =
        client
            .keys()
            .txn()
            .when(holding.guard())
            .then(
                Operations.put(
                    ByteString.copyFromUtf8("guarded/" + lock),
                    ByteString.copyFromUtf8(Long.toString(holding.token()))))
            .commit();
    return done.getSucceeded()
        ? new Result.Answered<>(new LockAnswer.Written(done.getHeader().getRevision()))
        : new Result.Refused<>("the lock is lost");
  }

  @Override
  public List<Judgement> judge() {
    return List.of(Fencing.check(calls.operations()));
  }

  @Override
  public void close() {
    try {
      crew.close();
    } catch (TrivetException _) {
      // Leases that cannot be given back end by themselves.
    }
  }
}
