package dev.trivet.watch;

import com.google.protobuf.ByteString;
import dev.trivet.proto.etcd.Event;
import dev.trivet.state.entry.Change.KeysChanged;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/** One watcher, made by {@link WatchHub#watch}. */
public final class Watch {
  private final WatchHub hub;
  private final Interest interest;
  private final Set<ByteString> keys;
  private final WatchSink sink;
  // Held while the sink is called, so that nothing comes after cancel() has returned.
  private final ReentrantLock delivery = new ReentrantLock();
  private volatile boolean isOver;
  // All wanted events below this revision are delivered; while it is synced also those that the
  // hub has seen. Both are written by the dispatcher.
  private volatile long next;
  private volatile boolean isSynced;

  Watch(WatchHub hub, Interest interest, long startRevision, WatchSink sink) {
    this.hub = hub;
    this.interest = interest;
    this.keys = interest.keys();
    this.next = startRevision;
    this.sink = sink;
  }

  /** Ends the watch: when this returns, the sink is called no more. */
  public void cancel() {
    end();
  }

  /** Tells that the sink takes events again. Does not block. */
  public void resume() {
    hub.wake();
  }

  /** Every event that is wanted, up to this revision, has been given to the sink. */
  public long deliveredRevision() {
    // In this order: who falls behind is marked before the hub's revision moves on.
    long seen = hub.seen();
    return isSynced ? Math.max(seen, next - 1) : next - 1;
  }

  long next() {
    return next;
  }

  /** See {@link Interest#keys}. */
  Set<ByteString> keys() {
    return keys;
  }

  void markSynced() {
    isSynced = true;
  }

  /** It has everything up to a revision, and will have to be read for. */
  void markUnsynced(long seen) {
    next = Math.max(next, seen + 1);
    isSynced = false;
  }

  boolean isReady() {
    return sink.isReady();
  }

  boolean isOver() {
    return isOver;
  }

  /** Gives the sink what it wants of these revisions, those below {@code next} left out. */
  void deliver(Batch batch) {
    List<KeysChanged> wanted =
        wanted(sink.wantsPrevious() ? batch.revisions() : batch.withoutPrevious());
    long after = Math.max(next, batch.last() + 1);
    if (wanted.isEmpty()) {
      next = after;
    } else {
      tell(
          to -> {
            to.onEvents(wanted);
            next = after;
          });
    }
  }

  private List<KeysChanged> wanted(List<KeysChanged> revisions) {
    List<KeysChanged> wanted = new ArrayList<>(revisions.size());
    for (KeysChanged change : revisions) {
      if (change.revision() >= next) {
        KeysChanged part = wanted(change);
        if (!part.events().isEmpty()) {
          wanted.add(part);
        }
      }
    }
    return wanted;
  }

  /** Mostly all of a change, which then is not copied for each watcher. */
  private KeysChanged wanted(KeysChanged change) {
    List<Event> events = change.events();
    for (int i = 0; i < events.size(); i++) {
      if (!interest.isIn(events.get(i))) {
        return new KeysChanged(change.revision(), events.stream().filter(interest::isIn).toList());
      }
    }
    return change;
  }

  /** Calls the sink for the last time. */
  void end(Consumer<WatchSink> last) {
    tell(last);
    end();
  }

  private void tell(Consumer<WatchSink> message) {
    delivery.lock();
    try {
      if (!isOver) {
        message.accept(sink);
      }
    } finally {
      delivery.unlock();
    }
  }

  private void end() {
    delivery.lock();
    try {
      if (!isOver) {
        isOver = true;
        hub.leave(this);
      }
    } finally {
      delivery.unlock();
    }
  }
}
