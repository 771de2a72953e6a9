package dev.trivet.watch;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.replicate.AppliedListener;
import dev.trivet.state.Applied;
import dev.trivet.state.entry.Change;
import dev.trivet.state.entry.Change.KeysChanged;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fans the events of applied revisions out to watchers.
 *
 * <p>A watcher is <em>synced</em> while it has everything that the dispatcher has seen: then it
 * gets new revisions from the feed, as many at once as have gathered there. Otherwise it is
 * <em>unsynced</em> and is read for from the {@link EventSource}, a batch per round, until it has
 * caught up. A sink that is not ready, or a change that did not fit into the feed, makes a watcher
 * unsynced: nothing is kept for it, so memory does not grow with slowness. Because each watcher
 * knows the next revision it wants, it does not matter whether a revision comes by the feed, by the
 * source or by both.
 *
 * <p>Who is a little behind is served from the {@link Recent} revisions, not from the source.
 *
 * <p>Owner: the dispatcher thread, which {@link #start} begins and {@link #close} ends. {@link
 * #onApplied} never blocks.
 */
public final class WatchHub implements AppliedListener, AutoCloseable {
  /** A watch above this is refused. */
  public static final int MAX_WATCHES = 100_000;

  /** The first revision that can have events: a fresh store is at 1. */
  private static final long FIRST_REVISION = 2;

  private static final Logger LOG = LoggerFactory.getLogger(WatchHub.class);
  private static final int FEED_EVENTS = 16_384;
  private static final int BATCH_EVENTS = 1_000;

  /**
   * After a change has gone to many, the next ones are gathered for so long for each of them: a
   * message costs a watcher and this node about the same whatever it holds. To hand one to a
   * watcher takes a third of this.
   */
  private static final long GATHER_NANOS_EACH = 15_000;

  private static final long GATHER_NANOS_MAX = 20_000_000;

  private final EventSource source;
  private final LongSupplier nanos;
  private final Feed feed;
  private final ConcurrentLinkedQueue<Watch> arriving = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<Watch> leaving = new ConcurrentLinkedQueue<>();
  private final AtomicInteger count = new AtomicInteger();
  private final AtomicBoolean isAwake = new AtomicBoolean();
  private final Thread dispatcher = Thread.ofPlatform().name("watch").unstarted(this::run);
  private volatile boolean isClosed;
  private volatile boolean isRestored;

  // The dispatcher's own.
  private final SyncedWatches synced = new SyncedWatches();
  private final List<Watch> unsynced = new ArrayList<>();
  private final Recent recent = new Recent();

  /** The feed is left alone until then. */
  private long pausedUntil;

  /** The last round left the feed alone, so there may be something in it. */
  private boolean isGathering;

  /** Synced watchers have everything up to this revision. Written by the dispatcher. */
  private volatile long seen;

  public WatchHub(EventSource source) {
    this(source, FEED_EVENTS, System::nanoTime);
  }

  /**
   * @param nanos what {@link System#nanoTime} tells
   */
  WatchHub(EventSource source, int feedEvents, LongSupplier nanos) {
    this.source = source;
    this.feed = new Feed(feedEvents);
    this.nanos = nanos;
    this.pausedUntil = nanos.getAsLong();
  }

  public void start() {
    begin();
    dispatcher.start();
  }

  /** Makes ready for {@link #round}. */
  void begin() {
    seen = source.currentRevision();
  }

  /**
   * Adds a watcher.
   *
   * @param startRevision the first revision that is wanted, may be a future one; 0 for the one
   *     after the current
   * @throws TrivetException TOO_MANY_REQUESTS above {@link #MAX_WATCHES}; RESTORING
   */
  public Watch watch(Interest interest, long startRevision, WatchSink sink) {
    if (startRevision < 0) {
      throw ErrorCode.INVALID_ARGUMENT.exception(
          "start revision " + startRevision + ", allowed 0 and above");
    }
    long current = source.currentRevision();
    if (current == 0) {
      throw ErrorCode.RESTORING.exception();
    }
    if (count.incrementAndGet() > MAX_WATCHES) {
      count.decrementAndGet();
      throw ErrorCode.TOO_MANY_REQUESTS.exception();
    }
    Watch watch = new Watch(this, interest, first(startRevision), sink);
    arriving.add(watch);
    wake();
    return watch;
  }

  /** As in etcd, who starts at the revision of a fresh store misses it once it is compacted. */
  private long first(long startRevision) {
    if (startRevision == 0) {
      return source.currentRevision() + 1;
    }
    return startRevision < source.compactedRevision()
        ? startRevision
        : Math.max(FIRST_REVISION, startRevision);
  }

  /** Watchers that are there now. */
  public int watchCount() {
    return count.get();
  }

  @Override
  public void onApplied(Applied applied) {
    // Who comes later counts itself first and then asks for the revision, so it sees this one.
    boolean isWatched = count.get() > 0;
    for (Change change : applied.changes()) {
      if (change instanceof KeysChanged keys) {
        if (isWatched) {
          feed.offer(keys);
        } else {
          feed.skip(keys.revision());
        }
      } else if (change instanceof Change.Restored restored) {
        feed.skip(restored.revision());
      }
    }
    if (isWatched) {
      wake();
    }
  }

  @Override
  public void onRestored() {
    isRestored = true;
    wake();
  }

  /** Ends the dispatcher; sinks hear nothing more. */
  @Override
  public void close() {
    isClosed = true;
    wake();
    boolean isInterrupted = false;
    while (dispatcher.isAlive()) {
      try {
        dispatcher.join();
      } catch (InterruptedException e) {
        isInterrupted = true;
      }
    }
    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
  }

  long seen() {
    return seen;
  }

  /** A watch is over. Called once for each. */
  void leave(Watch watch) {
    leaving.add(watch);
    wake();
  }

  void wake() {
    isAwake.set(true);
    LockSupport.unpark(dispatcher);
  }

  private void run() {
    while (!isClosed) {
      boolean hasMore = round();
      while (!hasMore && !isAwake()) {
        if (isGathering) {
          LockSupport.parkNanos(this, pausedUntil - nanos.getAsLong());
          hasMore = pausedUntil - nanos.getAsLong() <= 0;
        } else {
          LockSupport.park(this);
        }
      }
    }
  }

  /** What the dispatcher does in one go. True if there is more to do. */
  boolean round() {
    isAwake.set(false);
    admit();
    dismiss();
    boolean hasMore = follow();
    hasMore |= catchUp();
    return hasMore;
  }

  /** Whether something happened that the next round is for. */
  boolean isAwake() {
    return isAwake.get();
  }

  private void admit() {
    for (Watch watch = arriving.poll(); watch != null; watch = arriving.poll()) {
      if (watch.isOver()) {
        continue;
      }
      if (watch.next() > seen) {
        synchronize(watch);
      } else {
        unsynced.add(watch);
      }
    }
  }

  private void dismiss() {
    boolean isAny = false;
    for (Watch watch = leaving.poll(); watch != null; watch = leaving.poll()) {
      synced.remove(watch);
      count.decrementAndGet();
      isAny = true;
    }
    if (isAny) {
      unsynced.removeIf(Watch::isOver);
    }
  }

  /** Takes a batch of what the feed holds to the synced watchers. True if there may be more. */
  private boolean follow() {
    isGathering = pausedUntil - nanos.getAsLong() > 0;
    if (isGathering) {
      return false;
    }
    // Before the feed is read: what was offered before is in it.
    long lost = feed.lostRevision();
    if (isRestored) {
      isRestored = false;
      skip(source.currentRevision());
    }
    List<KeysChanged> revisions = feed.poll(BATCH_EVENTS);
    if (revisions.isEmpty()) {
      skip(lost);
      return false;
    }
    Batch batch = new Batch(revisions);
    skip(batch.first() - 1);
    recent.add(batch);
    Set<Watch> concerned = synced.concernedBy(batch);
    for (Watch watch : concerned) {
      deliver(watch, batch);
      if (watch.next() <= batch.last()) {
        fallBehind(watch);
      }
    }
    seen = Math.max(seen, batch.last());
    pausedUntil =
        nanos.getAsLong() + Math.min(GATHER_NANOS_MAX, GATHER_NANOS_EACH * concerned.size());
    return true;
  }

  /** Moves {@code seen} on without events: whoever wants some up to it is unsynced from now on. */
  private void skip(long revision) {
    if (revision > seen) {
      recent.clear();
      for (Watch watch : synced.all()) {
        if (watch.next() <= revision) {
          fallBehind(watch);
        }
      }
      seen = revision;
    }
  }

  private void synchronize(Watch watch) {
    watch.markSynced();
    synced.add(watch);
  }

  private void fallBehind(Watch watch) {
    synced.remove(watch);
    watch.markUnsynced(seen);
    unsynced.add(watch);
  }

  /** One batch for each unsynced watcher that is ready. True if there is more to do. */
  private boolean catchUp() {
    unsynced.sort(Comparator.comparingLong(Watch::next));
    Batch batch = null;
    boolean hasMore = false;
    for (Watch watch : unsynced) {
      if (!watch.isReady()) {
        continue;
      }
      // Watchers are sorted: the batch that served the last one often serves the next.
      if (batch == null || batch.last() < watch.next()) {
        batch = read(watch);
      }
      if (batch != null) {
        deliver(watch, batch);
      }
      hasMore |= !watch.isOver();
    }
    for (Watch watch : unsynced) {
      if (watch.next() > seen) {
        synchronize(watch);
      }
    }
    unsynced.removeIf(watch -> watch.next() > seen);
    return hasMore && !unsynced.isEmpty();
  }

  /** Null if the watch is over. */
  private @Nullable Batch read(Watch watch) {
    try {
      List<KeysChanged> batch =
          watch.next() < source.compactedRevision()
              ? List.of()
              : recent.from(watch.next(), BATCH_EVENTS);
      if (batch.isEmpty()) {
        batch = source.read(watch.next(), BATCH_EVENTS);
      }
      if (batch.isEmpty() || batch.getFirst().revision() > watch.next()) {
        // Going on would be a gap.
        throw ErrorCode.INTERNAL.exception(
            "revision " + watch.next() + " cannot be read though " + seen + " is applied");
      }
      return new Batch(batch);
    } catch (TrivetException e) {
      if (e.code() == ErrorCode.COMPACTED) {
        long compacted = source.compactedRevision();
        watch.end(sink -> sink.onCompacted(compacted));
      } else {
        LOG.error("A watch ends at revision {}", watch.next(), e);
        watch.end(sink -> sink.onFailed(e));
      }
      return null;
    }
  }

  private static void deliver(Watch watch, Batch batch) {
    if (watch.isReady()) {
      try {
        watch.deliver(batch);
      } catch (RuntimeException e) {
        // One broken stream must not take the others with it.
        LOG.warn("A watch ends: its sink failed at revision {}", watch.next(), e);
        watch.cancel();
      }
    }
  }
}
