package dev.trivet.watch;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.etcd.Event;
import dev.trivet.replicate.AppliedListener;
import dev.trivet.state.Applied;
import dev.trivet.state.entry.Change;
import dev.trivet.state.entry.Change.KeysChanged;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fans the events of applied revisions out to watchers.
 *
 * <p>A watcher is <em>synced</em> while {@code next > seen}: it has everything that the dispatcher
 * has seen, and gets new revisions from the feed. Otherwise it is <em>unsynced</em> and is read for
 * from the {@link EventSource}, a batch per round, until it has caught up. A sink that is not
 * ready, or a change that did not fit into the feed, makes a watcher unsynced: nothing is kept for
 * it, so memory does not grow with slowness. Because each watcher knows the next revision it wants,
 * it does not matter whether a revision comes by the feed, by the source or by both.
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

  private final EventSource source;
  private final Feed feed;
  private final ConcurrentLinkedQueue<Watch> arriving = new ConcurrentLinkedQueue<>();
  private final AtomicInteger count = new AtomicInteger();
  private final AtomicBoolean isAwake = new AtomicBoolean();
  private final Thread dispatcher = Thread.ofPlatform().name("watch").unstarted(this::run);
  private volatile boolean isClosed;
  private volatile boolean isRestored;

  // The dispatcher's own.
  private final List<Watch> synced = new ArrayList<>();
  private final List<Watch> unsynced = new ArrayList<>();
  private long seen;

  public WatchHub(EventSource source) {
    this(source, FEED_EVENTS);
  }

  WatchHub(EventSource source, int feedEvents) {
    this.source = source;
    this.feed = new Feed(feedEvents);
  }

  public void start() {
    seen = source.currentRevision();
    dispatcher.start();
  }

  /**
   * Adds a watcher.
   *
   * @param startRevision the first revision that is wanted, may be a future one; 0 for the one
   *     after the current
   * @throws TrivetException TOO_MANY_REQUESTS above {@link #MAX_WATCHES}; RESTORING
   */
  public Watch watch(Predicate<Event> interest, long startRevision, WatchSink sink) {
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
    long first =
        startRevision == 0 ? source.currentRevision() + 1 : Math.max(FIRST_REVISION, startRevision);
    Watch watch = new Watch(interest, first, sink, this::wake);
    arriving.add(watch);
    wake();
    return watch;
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

  private void wake() {
    isAwake.set(true);
    LockSupport.unpark(dispatcher);
  }

  private void run() {
    while (!isClosed) {
      isAwake.set(false);
      admit();
      follow();
      removeOver(synced);
      removeOver(unsynced);
      if (!catchUp()) {
        while (!isAwake.get()) {
          LockSupport.park(this);
        }
      }
    }
  }

  private void admit() {
    for (Watch watch = arriving.poll(); watch != null; watch = arriving.poll()) {
      (watch.next() > seen ? synced : unsynced).add(watch);
    }
  }

  /** Takes what the feed holds to the synced watchers. */
  private void follow() {
    long lost = feed.lostRevision();
    if (isRestored) {
      isRestored = false;
      see(source.currentRevision());
    }
    for (KeysChanged change = feed.poll(); change != null; change = feed.poll()) {
      see(change.revision() - 1);
      List<KeysChanged> one = List.of(change);
      synced.forEach(watch -> deliver(watch, one));
      see(change.revision());
    }
    see(lost);
  }

  /** Moves {@code seen} on: whoever does not have all up to it is unsynced from now on. */
  private void see(long revision) {
    if (revision > seen) {
      seen = revision;
      for (Watch watch : synced) {
        if (watch.next() <= seen) {
          unsynced.add(watch);
        }
      }
      synced.removeIf(watch -> watch.next() <= seen);
    }
  }

  /** One batch for each unsynced watcher that is ready. True if there is more to do. */
  private boolean catchUp() {
    unsynced.sort(Comparator.comparingLong(Watch::next));
    List<KeysChanged> batch = List.of();
    boolean hasMore = false;
    for (Watch watch : unsynced) {
      if (!watch.isReady()) {
        continue;
      }
      // Watchers are sorted: the batch that served the last one often serves the next.
      if (batch.isEmpty() || batch.getLast().revision() < watch.next()) {
        batch = read(watch);
      }
      deliver(watch, batch);
      hasMore |= !watch.isOver();
    }
    for (Watch watch : unsynced) {
      if (watch.next() > seen) {
        synced.add(watch);
      }
    }
    unsynced.removeIf(watch -> watch.next() > seen);
    return hasMore && !unsynced.isEmpty();
  }

  private List<KeysChanged> read(Watch watch) {
    try {
      List<KeysChanged> batch = source.read(watch.next(), BATCH_EVENTS);
      if (batch.isEmpty() || batch.getFirst().revision() > watch.next()) {
        // Going on would be a gap.
        throw ErrorCode.INTERNAL.exception(
            "revision " + watch.next() + " cannot be read though " + seen + " is applied");
      }
      return batch;
    } catch (TrivetException e) {
      if (e.code() == ErrorCode.COMPACTED) {
        long compacted = source.compactedRevision();
        watch.end(sink -> sink.onCompacted(compacted));
      } else {
        LOG.error("A watch ends at revision {}", watch.next(), e);
        watch.end(sink -> sink.onFailed(e));
      }
      return List.of();
    }
  }

  private static void deliver(Watch watch, List<KeysChanged> revisions) {
    if (watch.isReady()) {
      try {
        watch.deliver(revisions);
      } catch (RuntimeException e) {
        // One broken stream must not take the others with it.
        LOG.warn("A watch ends: its sink failed at revision {}", watch.next(), e);
        watch.cancel();
      }
    }
  }

  private void removeOver(List<Watch> watches) {
    int before = watches.size();
    watches.removeIf(Watch::isOver);
    count.addAndGet(watches.size() - before);
  }
}
