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
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes one log entry of all commands that wait. While an entry is in flight the next one fills up,
 * so that a busy node pays Raft's price once for many commands; a second one sets out beside it
 * only when so many bytes wait that the network and the disks have something to overlap. When the
 * next one sets out is its {@link EntryPace pace}'s to say.
 *
 * <p>Nobody waits for ever: a command that Raft has not taken after the patience fails with {@code
 * NO_LEADER}, one that it has taken and not applied with {@code DEADLINE_EXCEEDED}.
 *
 * <p>Entries are made on one thread of the network, after it has read all that had arrived: {@link
 * #propose} is for any thread, and from that one it wakes no other.
 */
final class GroupCommit implements AutoCloseable {
  /** Hands a batch to Raft; done when Raft has answered, failed with what it said. */
  interface Door {
    CompletableFuture<Void> append(LiveBatch batch, byte[] entry);
  }

  /**
   * @param stamps what entries are stamped with
   * @param monotonic nanoseconds as of {@link System#nanoTime}, for waits
   */
  record Clocks(InstantSource stamps, LongSupplier monotonic) {}

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
  private final ScheduledExecutorService network;
  private final Clocks clocks;
  private final Duration patience;
  private final Consumer<Throwable> onFatal;
  private final Queue<Waiting> queue = new ArrayBlockingQueue<>(MAX_QUEUED);
  private final AtomicLong queuedBytes = new AtomicLong();
  private final Set<Flight> flights = ConcurrentHashMap.newKeySet();
  private final EntryPace pace = new EntryPace();

  /** Whether the network's thread is going to look at the queue. */
  private final AtomicBoolean isCalled = new AtomicBoolean();

  /** The end of the wait that the pace asked for. The network's thread's. */
  private @Nullable Future<?> alarm;

  private volatile @Nullable Future<?> overdueWatch;
  private volatile boolean isClosed;

  /**
   * @param network one thread, which may take entries to Raft
   */
  GroupCommit(
      Door door,
      ScheduledExecutorService network,
      Clocks clocks,
      Duration patience,
      Consumer<Throwable> onFatal) {
    this.onFatal = onFatal;
    this.door = door;
    this.network = network;
    this.clocks = clocks;
    this.patience = patience;
  }

  void start() {
    overdueWatch =
        network.scheduleWithFixedDelay(
            this::failOverdue, OVERDUE_EVERY_MILLIS, OVERDUE_EVERY_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** One future for each command, in their order. */
  List<CompletableFuture<Committed>> propose(List<Command> commands) {
    List<CompletableFuture<Committed>> outcomes = new ArrayList<>(commands.size());
    commands.forEach(command -> outcomes.add(enqueue(command)));
    call();
    return outcomes;
  }

  private void call() {
    if (isCalled.compareAndSet(false, true)) {
      network.execute(
          () -> {
            isCalled.set(false);
            appendWaiting();
          });
    }
  }

  private CompletableFuture<Committed> enqueue(Command command) {
    int bytes = command.getSerializedSize();
    if (bytes > MAX_COMMAND_BYTES) {
      return CompletableFuture.failedFuture(ErrorCode.REQUEST_TOO_LARGE.exception());
    }
    if (isClosed) {
      return CompletableFuture.failedFuture(ErrorCode.STOPPING.exception());
    }
    Waiting waiting =
        new Waiting(command, new CompletableFuture<>(), clocks.monotonic().getAsLong());
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
    Future<?> watch = overdueWatch;
    if (watch != null) {
      watch.cancel(false);
    }
    failQueued();
  }

  /** Makes entries of what waits, as far as it may set out now. On the network's thread. */
  private void appendWaiting() {
    try {
      while (!isClosed && maySetOut()) {
        appendNext();
      }
    } catch (RuntimeException | Error e) {
      onFatal.accept(e);
      failQueued();
    }
  }

  private boolean maySetOut() {
    if (queue.isEmpty()) {
      return false;
    }
    int inFlight = flights.size();
    if (inFlight > 0) {
      return inFlight < MAX_IN_FLIGHT && queuedBytes.get() >= SECOND_ENTRY_BYTES;
    }
    long wait = pace.wait(queue.size(), clocks.monotonic().getAsLong());
    Future<?> last = alarm;
    if (wait == 0) {
      if (last != null) {
        last.cancel(false);
        alarm = null;
      }
      return true;
    }
    if (last == null || last.isDone()) {
      alarm = network.schedule(this::appendWaiting, wait, TimeUnit.NANOSECONDS);
    }
    return false;
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
    if (!taken.isEmpty()) {
      pace.began(taken.size());
      submit(new LiveBatch(clocks.stamps().millis(), taken));
    }
  }

  private void submit(LiveBatch batch) {
    byte[] entry =
        EntryFormat.encode(
            Batch.newBuilder()
                .setTimeMillis(batch.stampedMillis())
                .addAllCommands(batch.commands())
                .build());
    Flight flight = new Flight(batch, clocks.monotonic().getAsLong());
    flights.add(flight);
    var _ =
        door.append(batch, entry)
            .whenComplete(
                (_, failure) -> {
                  ended(flight);
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
  private void ended(Flight flight) {
    int waiting = queue.size();
    long now = clocks.monotonic().getAsLong();
    pace.ended(flight.batch().size(), waiting, now - flight.sinceNanos(), now);
    flights.remove(flight);
    if (!queue.isEmpty()) {
      call();
    }
  }

  /** When entries in flight do not end, nobody behind them has been handed to Raft. */
  private void failOverdue() {
    long oldest = clocks.monotonic().getAsLong() - patience.toNanos();
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
