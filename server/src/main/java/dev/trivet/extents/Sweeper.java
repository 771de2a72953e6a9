package dev.trivet.extents;

import dev.trivet.errors.TrivetException;
import dev.trivet.replicate.CommandLog;
import dev.trivet.state.entry.Counter;
import dev.trivet.state.entry.ExtentId;
import dev.trivet.state.objects.ObjectQueries;
import dev.trivet.state.objects.ObjectQueries.Garbage;
import dev.trivet.store.ReadView;
import dev.trivet.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Unlinks what nothing needs, once a minute.
 *
 * <p>Garbage: an extent whose last reference went ten minutes of log time ago. Readers that were
 * about to open it have done so by then, and no command may name it again.
 *
 * <p>Orphans: a file that no row knows. Its upload was given up, or the command that should name it
 * was refused, or its garbage row was dropped while this node was down. It goes only when a command
 * that names it would be refused: its upload began more than an hour ago by the log's time, of
 * which a command may take 45 minutes. This node may be behind the log; so it passes a read barrier
 * that begins after the file was seen, and looks again. For care, the file must also be older than
 * an hour by this machine's clock.
 *
 * <p>Owns the platform thread {@code extent-sweeper}.
 */
public final class Sweeper implements AutoCloseable {
  static final Duration GARBAGE_GRACE = Duration.ofMinutes(10);
  static final Duration ORPHAN_AGE = Duration.ofHours(1);

  private static final Logger LOG = LoggerFactory.getLogger(Sweeper.class);
  private static final long ROUND_SECONDS = 60;
  private static final long BARRIER_SECONDS = 30;
  private static final long CLOSE_SECONDS = 5;
  private static final int PAGE = 500;

  /** Files that one round looks at: with more, a pass over all takes several rounds. */
  private static final int FILES_A_ROUND = 50_000;

  private final LocalExtents local;
  private final Store store;
  private final CommandLog log;
  private final InstantSource clock;
  private final AtomicLong unlinked = new AtomicLong();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("extent-sweeper").daemon().factory());

  /** Where the next round goes on; null: at the beginning. Belongs to the thread. */
  private @Nullable ExtentId passed;

  /** A file that no row knows. */
  private record Orphan(ExtentId id, long beganMillis) {}

  /** Everything belongs to who made it, and must outlive this. */
  public Sweeper(LocalExtents local, Store store, CommandLog log, InstantSource clock) {
    this.local = local;
    this.store = store;
    this.log = log;
    this.clock = clock;
  }

  public void start() {
    var _ =
        thread.scheduleWithFixedDelay(this::round, ROUND_SECONDS, ROUND_SECONDS, TimeUnit.SECONDS);
  }

  /** How many files were unlinked since the start. */
  public long unlinkedCount() {
    return unlinked.get();
  }

  /** Ends the thread; the store must still be open. */
  @Override
  public void close() {
    thread.shutdownNow();
    try {
      if (!thread.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("a round of the sweeper did not end in time");
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void round() {
    try {
      sweepGarbage();
      sweepOrphans();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      LOG.info("no read barrier, so that orphans stay for now: {}", e.toString());
    } catch (RuntimeException e) {
      // The thread's edge: the next round tries again.
      LOG.warn("a round of the sweeper failed", e);
    }
  }

  void sweepGarbage() {
    Garbage last = null;
    List<Garbage> page;
    do {
      try (ReadView view = store.view()) {
        long before = Counter.LOG_TIME.in(view) - GARBAGE_GRACE.toMillis();
        page = ObjectQueries.garbage(view, last, before, PAGE);
      }
      for (Garbage garbage : page) {
        if (local.isHere(garbage.id())) {
          unlink(garbage.id());
        }
        last = garbage;
      }
    } while (page.size() == PAGE);
  }

  void sweepOrphans() throws InterruptedException, ExecutionException, TimeoutException {
    List<Orphan> orphans = orphans();
    if (orphans.isEmpty()) {
      return;
    }
    var _ = log.readBarrier().get(BARRIER_SECONDS, TimeUnit.SECONDS);
    try (ReadView view = store.view()) {
      orphans.removeIf(orphan -> ObjectQueries.extent(view, orphan.id()) != null);
    }
    for (Orphan orphan : orphans) {
      LOG.info("nothing refers to extent {}: unlinked", orphan.id());
      unlink(orphan.id());
    }
  }

  private List<Orphan> orphans() {
    List<Orphan> orphans = new ArrayList<>();
    int looked = 0;
    List<ExtentId> page;
    do {
      page = local.ids(passed, PAGE);
      List<ExtentId> unknown;
      long logTime;
      try (ReadView view = store.view()) {
        logTime = Counter.LOG_TIME.in(view);
        unknown = page.stream().filter(id -> ObjectQueries.extent(view, id) == null).toList();
      }
      for (ExtentId id : unknown) {
        if (isOldFile(id)) {
          Orphan orphan = new Orphan(id, beganMillis(id));
          if (isExpired(orphan, logTime)) {
            orphans.add(orphan);
          }
        }
      }
      looked += page.size();
      passed = page.size() == PAGE ? page.getLast() : null;
    } while (passed != null && looked < FILES_A_ROUND);
    return orphans;
  }

  /** No command that names it would be accepted any more. */
  private static boolean isExpired(Orphan orphan, long logTime) {
    return logTime - orphan.beganMillis() > ORPHAN_AGE.toMillis();
  }

  private boolean isOldFile(ExtentId id) {
    Instant completed = local.completedAt(id);
    return completed != null && completed.plus(ORPHAN_AGE).isBefore(clock.instant());
  }

  /** In the far future when the file does not tell: then it stays. */
  private long beganMillis(ExtentId id) {
    try {
      return local.read(id, ExtentReader::beganMillis);
    } catch (TrivetException e) {
      LOG.warn("extent {} does not tell its age: {}", id, e.getMessage());
      return Long.MAX_VALUE;
    }
  }

  private void unlink(ExtentId id) {
    local.delete(id);
    unlinked.incrementAndGet();
  }
}
