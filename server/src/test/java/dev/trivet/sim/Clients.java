package dev.trivet.sim;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.etcd.RangeRequest;
import dev.trivet.proto.etcd.RangeResponse;
import dev.trivet.proto.log.Command;
import dev.trivet.proto.log.Outcome;
import dev.trivet.replicate.Committed;
import dev.trivet.state.keys.KeyQueries;
import dev.trivet.store.ReadView;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What clients do at nodes, as the services above the floors would do it for them, and what they
 * make of the answers: each is held against the ledger.
 */
final class Clients {
  private static final int KEYS = 4;
  static final long CALL_MILLIS = 2_000;
  private static final long PAUSE_NANOS = 70 * World.NANOS_PER_MILLI;
  private static final int TRIES = 4;
  private static final int NUMBERED_TRIES = 25;
  private static final int LANES = 3;
  private static final String LOCK = "lock";

  /** Failures that say that nothing was or will be done. */
  private static final Set<ErrorCode> NOT_APPENDED =
      EnumSet.of(
          ErrorCode.NOT_LEADER,
          ErrorCode.NO_LEADER,
          ErrorCode.TOO_MANY_REQUESTS,
          ErrorCode.STOPPING);

  private record Lease(long id) {}

  private final World world;
  private final Cluster cluster;
  private final Ledger ledger;
  private final SplittableRandom chance;
  private final List<Lease> leases = new ArrayList<>();
  private final long[] sequences = new long[LANES];
  private final boolean[] isBusy = new boolean[LANES];
  private boolean isKnown;
  private long calls;

  Clients(World world, Cluster cluster) {
    this.world = world;
    this.cluster = cluster;
    this.ledger = cluster.ledger();
    this.chance = world.chance("clients");
  }

  void note(String call, String what) {
    world.note("client", () -> call + " " + what);
  }

  long nextCall() {
    return ++calls;
  }

  // Proposals.

  /**
   * Has a command done, and tries again where that is safe: at the next node when it was certainly
   * not done, and after any failure when it has a number.
   */
  void propose(String call, int node, Command command, int tries, Consumer<Outcome> onDone) {
    propose(call, node, command, tries, onDone, () -> {});
  }

  private void propose(
      String call,
      int node,
      Command command,
      int tries,
      Consumer<Outcome> onDone,
      Runnable onGivenUp) {
    note(call, "is sent to node " + node);
    handle(
        cluster
            .network()
            .<Committed>callByClient(node, CALL_MILLIS, life -> life.replica().propose(command)),
        (committed, failure) -> {
          if (committed != null) {
            note(call, "is answered: entry " + committed.index());
            ledger.acknowledged(committed.index());
            onDone.accept(committed.outcome());
          } else if (tries > 1 && (command.hasRequest() || isNotAppended(failure))) {
            note(call, "is to be tried again: " + failure);
            Command again =
                world.has(Bug.RETRY_AS_ANOTHER)
                    ? Commands.numbered(command, 100_000 + (int) nextCall(), 0, 1, false)
                    : command;
            world.after(
                PAUSE_NANOS,
                () -> propose(call, (node + 1) % World.NODES, again, tries - 1, onDone, onGivenUp));
          } else {
            note(call, "is given up: " + failure);
            onGivenUp.run();
          }
        });
  }

  private static boolean isNotAppended(@Nullable Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause instanceof TrivetException known && NOT_APPENDED.contains(known.code());
  }

  /** What is thrown here would be lost in a future. */
  <T> void handle(CompletableFuture<T> future, BiConsumer<@Nullable T, @Nullable Throwable> then) {
    var _ =
        future.whenComplete(
            (value, failure) -> {
              try {
                then.accept(value, failure);
              } catch (RuntimeException e) {
                world.broken(Promise.ANSWER_IS_TRUE, "an answer could not be taken: " + e);
              }
            });
  }

  static String key(Action action) {
    return "k" + action.number() % KEYS;
  }

  void createBucket() {
    Command command = Commands.numbered(Commands.createBucket(), 7, 0, 1, false);
    propose("create bucket", 0, command, NUMBERED_TRIES, _ -> {});
  }

  void put(Action action) {
    String key = key(action);
    String value = "v" + nextCall();
    long floor = ledger.acknowledgedRevision();
    propose(
        "put %s=%s".formatted(key, value),
        action.node(),
        Commands.command(Commands.put(key, value)),
        TRIES,
        outcome -> ledger.wrote(key, value, outcome.getPut().getHeader().getRevision(), floor));
  }

  void compareAndSet(Action action) {
    String key = key(action);
    String value = "c" + nextCall();
    read(
        action,
        answer -> {
          long floor = ledger.acknowledgedRevision();
          long modified = answer.getKvsCount() == 0 ? 0 : answer.getKvs(0).getModRevision();
          propose(
              "set %s=%s if of revision %d".formatted(key, value, modified),
              action.node(),
              Commands.putIf(Commands.modifiedAt(key, modified), Commands.put(key, value)),
              TRIES,
              outcome -> {
                if (outcome.getTxn().getSucceeded()) {
                  ledger.wrote(key, value, outcome.getTxn().getHeader().getRevision(), floor);
                }
              });
        });
  }

  void numberedPut(Action action) {
    int lane = action.number() % LANES;
    if (isBusy[lane]) {
      return;
    }
    isBusy[lane] = true;
    long sequence = ++sequences[lane];
    String key = Ledger.ONCE + lane + "/" + sequence;
    String value = "n" + nextCall();
    propose(
        "numbered put " + key,
        action.node(),
        Commands.numbered(Commands.command(Commands.put(key, value)), 1, lane, sequence, isKnown),
        NUMBERED_TRIES,
        outcome -> {
          isBusy[lane] = false;
          isKnown = !world.has(Bug.RETRY_AS_ANOTHER);
          if (outcome.hasPut()) {
            ledger.wroteOnce(key, value, outcome.getPut().getHeader().getRevision());
          } else {
            world.broken(Promise.ANSWER_IS_TRUE, key + " is refused: " + outcome.getRefusal());
          }
        },
        () -> isBusy[lane] = false);
  }

  // Reads.

  void read(Action action, Consumer<RangeResponse> then) {
    String key = key(action);
    String call = "read %d of %s".formatted(nextCall(), key);
    long floor = ledger.acknowledgedRevision();
    range(
        call,
        action.node(),
        RangeRequest.newBuilder().setKey(Commands.bytes(key)).build(),
        answer -> {
          ledger.read(key, answer, floor);
          then.accept(answer);
        },
        _ -> {});
  }

  void range(
      String call,
      int node,
      RangeRequest request,
      Consumer<RangeResponse> then,
      Consumer<@Nullable Throwable> onFailure) {
    note(call, "is sent to node " + node);
    handle(
        cluster.network().callByClient(node, CALL_MILLIS, life -> readAt(life, request)),
        (answer, failure) -> {
          if (answer == null) {
            note(call, "fails: " + failure);
            onFailure.accept(failure);
          } else {
            note(call, "is answered: revision " + answer.getHeader().getRevision());
            then.accept(answer);
          }
        });
  }

  private CompletableFuture<RangeResponse> readAt(Life life, RangeRequest request) {
    CompletableFuture<Long> barrier =
        world.has(Bug.READ_WITHOUT_BARRIER)
            ? CompletableFuture.completedFuture(0L)
            : life.replica().readBarrier();
    return barrier.thenApply(
        _ -> {
          try (ReadView view = life.store().view()) {
            return KeyQueries.range(view, request, 1 << 20);
          }
        });
  }

  // Leases and locks.

  void grant(Action action) {
    grant(action, _ -> {});
  }

  private void grant(Action action, Consumer<Lease> then) {
    Lease lease = new Lease(nextCall());
    long ttl = 2L + action.number() % 2;
    long asked = world.nowNanos();
    propose(
        "grant of lease %d for %d s".formatted(lease.id(), ttl),
        action.node(),
        Commands.numbered(Commands.grant(lease.id(), ttl), 1_000 + (int) lease.id(), 0, 1, false),
        NUMBERED_TRIES,
        outcome -> {
          // Of a repeated grant the time began with the first.
          ledger.promised(lease.id(), asked, outcome.getLeaseGrant().getTTL());
          leases.add(lease);
          attach(action.node(), lease);
          then.accept(lease);
        });
  }

  private void attach(int node, Lease lease) {
    propose(
        "key on lease " + lease.id(),
        node,
        Commands.command(Commands.put("lease/" + lease.id(), "").setLease(lease.id())),
        TRIES,
        _ -> {});
  }

  void keepAlive(Action action) {
    if (!leases.isEmpty()) {
      // Mostly the newest.
      int back = Math.min(action.number() % 3, leases.size() - 1);
      keepAlive(action.node(), leases.get(leases.size() - 1 - back));
    }
  }

  private void keepAlive(int node, Lease lease) {
    long asked = world.nowNanos();
    handle(
        cluster.network().callByClient(node, CALL_MILLIS, life -> life.lessor().renew(lease.id())),
        (ttl, failure) -> {
          note(
              "lease " + lease.id(),
              failure == null
                  ? "is renewed at node %d, for %d s".formatted(node, ttl)
                  : "is not renewed: " + failure);
          if (ttl != null && ttl > 0) {
            ledger.promised(lease.id(), asked, ttl);
          }
        });
  }

  /** Takes the lock if it is free, writes under it, later, and does not give it back. */
  void lock(Action action) {
    grant(action, lease -> lockWith(action, lease));
  }

  private void lockWith(Action action, Lease lease) {
    long floor = ledger.acknowledgedToken();
    propose(
        "lock with lease " + lease.id(),
        action.node(),
        Commands.putIf(Commands.createdAt(LOCK, 0), Commands.put(LOCK, "").setLease(lease.id())),
        TRIES,
        outcome -> {
          if (outcome.getTxn().getSucceeded()) {
            long token = outcome.getTxn().getHeader().getRevision();
            ledger.locked(token, floor);
            long later = chance.nextLong(6_000) * World.NANOS_PER_MILLI;
            world.after(later, () -> guarded((action.node() + 1) % World.NODES, token));
            world.after(later / 4, () -> keepAlive(action.node(), lease));
          }
        });
  }

  private void guarded(int node, long token) {
    var put = Commands.put(Ledger.GUARDED, String.valueOf(token));
    propose(
        "write with token " + token,
        node,
        world.has(Bug.UNGUARDED_WRITE)
            ? Commands.command(put)
            : Commands.putIf(Commands.createdAt(LOCK, token), put),
        TRIES,
        _ -> {});
  }
}
