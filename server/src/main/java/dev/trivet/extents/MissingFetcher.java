package dev.trivet.extents;

import dev.trivet.errors.TrivetException;
import dev.trivet.peer.PeerNetwork;
import dev.trivet.replicate.AppliedListener;
import dev.trivet.state.Applied;
import dev.trivet.state.entry.Change;
import dev.trivet.state.entry.ExtentId;
import dev.trivet.store.Store;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings extents here that the state names and this node lacks: because the node was down or slow
 * while they were written, or because a copy was damaged, or because the whole disk is new.
 *
 * <p>The platform thread {@code missing-extents} looks through the table of missing extents, woken
 * when an entry adds to it, and hands copies to a few virtual threads. An extent that no node gives
 * is tried again after a while, which doubles up to half a minute.
 */
public final class MissingFetcher implements AppliedListener, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MissingFetcher.class);
  private static final int COPIES_AT_ONCE = 4;
  private static final int PAGE = 256;
  private static final long ROUND_MILLIS = 2_000;
  private static final long CLOSE_SECONDS = 5;
  private static final long FIRST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(30);

  /** Of more failures than this the pauses are not remembered: those are tried each round. */
  private static final int MAX_PAUSES = 10_000;

  private final LocalExtents local;
  private final MissingRows rows;
  private final ExtentCopier copier;
  private final BlockingQueue<Boolean> wakeUps = new ArrayBlockingQueue<>(1);
  private final Semaphore copies = new Semaphore(COPIES_AT_ONCE);
  private final Set<ExtentId> inFlight = ConcurrentHashMap.newKeySet();
  private final Map<ExtentId, Pause> pauses = new ConcurrentHashMap<>();
  private final AtomicLong fetched = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final ExecutorService copyThreads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("extent-copy").factory());
  private final Thread thread =
      Thread.ofPlatform().name("missing-extents").daemon().unstarted(this::work);
  private volatile boolean mustReconcile = true;
  private volatile boolean isClosing;

  /** When a failed extent may be tried again, by the nano clock. */
  private record Pause(long untilNanos, long lengthNanos) {}

  /** Everything belongs to who made it, and must outlive this. */
  public MissingFetcher(LocalExtents local, Store store, PeerNetwork network) {
    this.local = local;
    this.rows = new MissingRows(local, store);
    this.copier = new ExtentCopier(local, network);
  }

  public void start() {
    thread.start();
  }

  /** How many extents were fetched since the start. */
  public long fetchedCount() {
    return fetched.get();
  }

  /** How many times, since the start, no node gave an extent or it could not be stored. */
  public long failedCount() {
    return failed.get();
  }

  /**
   * Whether the table of missing extents is complete: at the start, and after the state came as a
   * snapshot, all extents must be compared with the disk first.
   */
  public boolean isReconciled() {
    return !mustReconcile;
  }

  @Override
  public void onApplied(Applied applied) {
    for (Change change : applied.changes()) {
      if (change instanceof Change.ExtentReferenced(var id) && !local.isHere(id)) {
        wake();
        return;
      }
    }
  }

  @Override
  public void onRestored() {
    mustReconcile = true;
    wake();
  }

  /** Ends the threads; the store must still be open. */
  @Override
  public void close() {
    isClosing = true;
    wake();
    copyThreads.shutdownNow();
    try {
      thread.join(TimeUnit.SECONDS.toMillis(CLOSE_SECONDS));
      if (!copyThreads.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("copies of extents did not end in time");
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void wake() {
    // Full: it wakes anyway.
    var _ = wakeUps.offer(true);
  }

  private void work() {
    try {
      while (!isClosing) {
        roundOrLog();
        var _ = wakeUps.poll(ROUND_MILLIS, TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void roundOrLog() throws InterruptedException {
    try {
      round();
    } catch (RuntimeException e) {
      // The thread's edge: the next round tries again.
      mustReconcile = true;
      LOG.error("a look for missing extents failed", e);
    }
  }

  private void round() throws InterruptedException {
    if (mustReconcile) {
      // Before the work: what is restored meanwhile asks for it again.
      mustReconcile = false;
      rows.reconcile();
    }
    rows.noteDamaged();
    ExtentId after = null;
    List<ExtentId> page;
    do {
      page = rows.page(after, PAGE);
      for (ExtentId id : page) {
        if (isClosing) {
          return;
        }
        consider(id);
        after = id;
      }
    } while (page.size() == PAGE);
  }

  private void consider(ExtentId id) throws InterruptedException {
    if (local.isHere(id)) {
      forget(id);
      return;
    }
    // What arrives by its upload needs no copy.
    if (isPaused(id) || inFlight.contains(id) || local.isArriving(id)) {
      return;
    }
    copies.acquire();
    inFlight.add(id);
    boolean isStarted = false;
    try {
      if (!isClosing) {
        copyThreads.execute(() -> fetch(id));
        isStarted = true;
      }
    } finally {
      if (!isStarted) {
        release(id);
      }
    }
  }

  private void fetch(ExtentId id) {
    try {
      Long size = rows.referencedSize(id);
      if (size != null) {
        copier.copy(id, size, rows.logTime());
        long count = fetched.incrementAndGet();
        LOG.debug("extent {} was fetched, number {} since the start", id, count);
      }
      forget(id);
    } catch (TrivetException e) {
      if (!isClosing) {
        LOG.info("extent {} is still missing: {}", id, e.getMessage());
        pause(id);
      }
    } catch (RuntimeException e) {
      // The thread's edge.
      LOG.error("fetching extent {} failed", id, e);
      pause(id);
    } finally {
      release(id);
    }
  }

  private void release(ExtentId id) {
    inFlight.remove(id);
    copies.release();
  }

  private void forget(ExtentId id) {
    rows.remove(id);
    pauses.remove(id);
  }

  private boolean isPaused(ExtentId id) {
    Pause pause = pauses.get(id);
    return pause != null && pause.untilNanos - System.nanoTime() > 0;
  }

  private void pause(ExtentId id) {
    failed.incrementAndGet();
    @Nullable Pause last = pauses.get(id);
    if (last == null && pauses.size() >= MAX_PAUSES) {
      return;
    }
    long length =
        last == null ? FIRST_PAUSE_NANOS : Math.min(2 * last.lengthNanos, LONGEST_PAUSE_NANOS);
    pauses.put(id, new Pause(System.nanoTime() + length, length));
  }
}
