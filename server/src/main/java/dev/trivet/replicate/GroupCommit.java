package dev.trivet.replicate;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.log.Batch;
import dev.trivet.proto.log.Command;
import dev.trivet.replicate.LiveBatch.Waiting;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Makes one log entry of all commands that wait. While an entry is in flight the next one fills up,
 * so that a busy node pays Raft's price once for many commands; a second one sets out beside it
 * only when so many bytes wait that the network and the disks have something to overlap. An idle
 * node waits for no timer and for no other thread: who proposes then hands the entry to Raft too.
 *
 * <p>Nobody waits for ever: a command that Raft has not taken after the patience fails with {@code
 * NO_LEADER}, one that it has taken and not applied with {@code DEADLINE_EXCEEDED}.
 *
 * <p>Its thread, {@code group-commit}, makes the entries that had to wait for their turn; {@link
 * #propose} is for any thread.
 */
final class GroupCommit implements AutoCloseable {
  /** Hands a batch to Raft; done when Raft has answered, failed with what it said. */
  interface Door {
    CompletableFuture<Void> append(LiveBatch batch, byte[] entry);
  }

  static final int MAX_COMMAND_BYTES = RaftSettings.MAX_ENTRY_BYTES / 2;

  private static final int MAX_COMMANDS = 4096;
  private static final int MAX_BATCH_BYTES = 1 << 20;
  private static final int MAX_QUEUED = 16_384;
  private static final long MAX_QUEUED_BYTES = 64L << 20;
  private static final int MAX_IN_FLIGHT = 2;

  /** With fewer bytes, two entries cost twice what one does and are not sooner durable. */
  private static final long SECOND_ENTRY_BYTES = 256 << 10;

  private static final long OVERDUE_EVERY_MILLIS = 200;

  /** An entry that Raft has not answered for. Equal only to itself. */
  private record Flight(LiveBatch batch, long sinceNanos) {}

  private final Door door;
  private final BooleanSupplier mustNotAppend;
  private final InstantSource clock;
  private final Duration patience;
  private final Consumer<Throwable> onFatal;
  private final Queue<Waiting> queue = new ArrayBlockingQueue<>(MAX_QUEUED);
  private final AtomicLong queuedBytes = new AtomicLong();
  private final Semaphore inFlight = new Semaphore(MAX_IN_FLIGHT);
  private final Set<Flight> flights = ConcurrentHashMap.newKeySet();

  /** Permits are news for the thread: something waits, and an entry may be made of it. */
  private final Semaphore turns = new Semaphore(0);

  private final Thread thread;
  private volatile boolean isClosed;

  /**
   * @param mustNotAppend whether the calling thread is one that Raft may wait for while it appends
   */
  GroupCommit(
      Door door,
      BooleanSupplier mustNotAppend,
      InstantSource clock,
      Duration patience,
      Consumer<Throwable> onFatal) {
    this.onFatal = onFatal;
    this.door = door;
    this.mustNotAppend = mustNotAppend;
    this.clock = clock;
    this.patience = patience;
    this.thread = Thread.ofPlatform().name("group-commit").daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** One future for each command, in their order. */
  List<CompletableFuture<Committed>> propose(List<Command> commands) {
    List<CompletableFuture<Committed>> outcomes = new ArrayList<>(commands.size());
    commands.forEach(command -> outcomes.add(enqueue(command)));
    if (mustNotAppend.getAsBoolean()) {
      turns.release();
    } else {
      appendWaiting();
    }
    return outcomes;
  }

  private CompletableFuture<Committed> enqueue(Command command) {
    int bytes = command.getSerializedSize();
    if (bytes > MAX_COMMAND_BYTES) {
      return CompletableFuture.failedFuture(ErrorCode.REQUEST_TOO_LARGE.exception());
    }
    if (isClosed) {
      return CompletableFuture.failedFuture(ErrorCode.STOPPING.exception());
    }
    Waiting waiting = new Waiting(command, new CompletableFuture<>(), System.nanoTime());
    long total = queuedBytes.addAndGet(bytes);
    if (total > MAX_QUEUED_BYTES || !queue.offer(waiting)) {
      queuedBytes.addAndGet(-bytes);
      return CompletableFuture.failedFuture(ErrorCode.TOO_MANY_REQUESTS.exception());
    }
    if (isClosed) {
      failQueued();
    }
    return waiting.future();
  }

  @Override
  public void close() {
    isClosed = true;
    thread.interrupt();
    failQueued();
  }

  private void run() {
    try {
      while (!isClosed) {
        if (turns.tryAcquire(OVERDUE_EVERY_MILLIS, TimeUnit.MILLISECONDS)) {
          turns.drainPermits();
          appendWaiting();
        } else {
          failOverdue();
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    failQueued();
  }

  /** Makes entries of what waits, as far as it may set out now. */
  private void appendWaiting() {
    try {
      while (!isClosed && isWorthAnEntry() && inFlight.tryAcquire()) {
        appendNext();
      }
    } catch (RuntimeException | Error e) {
      onFatal.accept(e);
      failQueued();
    }
  }

  private boolean isWorthAnEntry() {
    return !queue.isEmpty()
        && (inFlight.availablePermits() == MAX_IN_FLIGHT
            || queuedBytes.get() >= SECOND_ENTRY_BYTES);
  }

  private void appendNext() {
    List<Waiting> taken = new ArrayList<>();
    int bytes = 0;
    for (Waiting next = queue.poll(); next != null; next = queue.poll()) {
      bytes += next.command().getSerializedSize();
      if (!next.future().isDone()) {
        taken.add(next);
      }
      if (taken.size() == MAX_COMMANDS || bytes >= MAX_BATCH_BYTES) {
        break;
      }
    }
    queuedBytes.addAndGet(-bytes);
    if (taken.isEmpty()) {
      ended();
    } else {
      submit(new LiveBatch(clock.millis(), taken));
    }
  }

  private void submit(LiveBatch batch) {
    byte[] entry =
        EntryFormat.encode(
            Batch.newBuilder()
                .setTimeMillis(batch.stampedMillis())
                .addAllCommands(batch.commands())
                .build());
    Flight flight = new Flight(batch, System.nanoTime());
    flights.add(flight);
    var _ =
        door.append(batch, entry)
            .whenComplete(
                (_, failure) -> {
                  flights.remove(flight);
                  ended();
                  if (failure instanceof TrivetException known) {
                    batch.fail(known);
                  } else if (!batch.isAnswered()) {
                    batch.fail(
                        ErrorCode.OUTCOME_UNKNOWN.exception(
                            "the log answered before the command was applied here"));
                  }
                });
  }

  /** An entry is no longer in flight. Whoever tells so has other things to do than the next. */
  private void ended() {
    inFlight.release();
    if (!queue.isEmpty()) {
      turns.release();
    }
  }

  /** When entries in flight do not end, nobody behind them has been handed to Raft. */
  private void failOverdue() {
    long oldest = System.nanoTime() - patience.toNanos();
    for (Flight flight : flights) {
      if (flight.sinceNanos() - oldest < 0) {
        flight
            .batch()
            .fail(
                ErrorCode.DEADLINE_EXCEEDED.exception(
                    "the command is not applied after " + patience));
      }
    }
    for (Waiting next : queue) {
      if (next.queuedNanos() - oldest >= 0) {
        return;
      }
      next.future()
          .completeExceptionally(
              ErrorCode.NO_LEADER.exception("the log has taken no command for " + patience));
    }
  }

  private void failQueued() {
    for (Waiting next = queue.poll(); next != null; next = queue.poll()) {
      queuedBytes.addAndGet(-next.command().getSerializedSize());
      next.future().completeExceptionally(ErrorCode.STOPPING.exception());
    }
  }
}
