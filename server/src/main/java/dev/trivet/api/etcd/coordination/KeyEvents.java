package dev.trivet.api.etcd.coordination;

import com.google.common.util.concurrent.MoreExecutors;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.etcd.Event;
import dev.trivet.state.entry.Change.KeysChanged;
import dev.trivet.watch.Interest;
import dev.trivet.watch.Watch;
import dev.trivet.watch.WatchHub;
import dev.trivet.watch.WatchSink;
import io.grpc.Context;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Changes of keys for a thread that waits for them, until its call's context ends.
 *
 * <p>Limit: it takes what the hub gives at once (about 1,000 events), and more only when that is
 * used up. The lock guards all fields; the hub never waits for it longer than a moment.
 */
final class KeyEvents implements WatchSink, AutoCloseable {
  private final Context context = Context.current();
  private final Context.CancellationListener listener = _ -> wake();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Queue<Event> events = new ArrayDeque<>();
  private boolean isBehind;
  private @Nullable TrivetException failure;
  private @Nullable Watch watch;

  private KeyEvents() {}

  /** Events of these keys from a revision on. To be closed by the thread that opens it. */
  static KeyEvents open(WatchHub hub, Interest wanted, long startRevision) {
    KeyEvents opened = new KeyEvents();
    opened.watch = hub.watch(wanted, startRevision, opened);
    opened.context.addListener(opened.listener, MoreExecutors.directExecutor());
    return opened;
  }

  /**
   * Waits for the next event.
   *
   * @return null when a compaction took it: read the keys again
   * @throws TrivetException DEADLINE_EXCEEDED when the caller has gone; what ended the watch
   */
  @Nullable Event next() {
    Event event;
    lock.lock();
    try {
      while (events.isEmpty() && !isBehind) {
        requireCaller(context);
        if (failure != null) {
          throw failure;
        }
        changed.await();
      }
      event = events.poll();
      if (!events.isEmpty() || event == null) {
        return event;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ErrorCode.STOPPING.exception(ErrorCode.STOPPING.text(), e);
    } finally {
      lock.unlock();
    }
    Watch source = watch;
    if (source != null) {
      source.resume();
    }
    return event;
  }

  /** Throws DEADLINE_EXCEEDED when the call of this context is over for its caller. */
  static void requireCaller(Context context) {
    if (context.isCancelled()) {
      throw ErrorCode.DEADLINE_EXCEEDED.exception("the caller has gone");
    }
  }

  @Override
  public boolean isReady() {
    lock.lock();
    try {
      return events.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean wantsPrevious() {
    return false;
  }

  @Override
  public void onEvents(List<KeysChanged> revisions) {
    lock.lock();
    try {
      revisions.forEach(revision -> events.addAll(revision.events()));
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void onCompacted(long compactedRevision) {
    lock.lock();
    try {
      isBehind = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void onFailed(TrivetException thrown) {
    lock.lock();
    try {
      failure = thrown;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void wake() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    context.removeListener(listener);
    Watch source = watch;
    if (source != null) {
      source.cancel();
    }
  }
}
