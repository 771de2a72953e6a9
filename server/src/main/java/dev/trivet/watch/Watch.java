package dev.trivet.watch;

import dev.trivet.proto.etcd.Event;
import dev.trivet.state.entry.Change.KeysChanged;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** One watcher, made by {@link WatchHub#watch}. */
public final class Watch {
  private final Predicate<Event> interest;
  private final WatchSink sink;
  private final Runnable wake;
  // Held while the sink is called, so that nothing comes after cancel() has returned.
  private final ReentrantLock delivery = new ReentrantLock();
  private boolean isOver;
  // All wanted events below this revision are delivered. Written by the dispatcher.
  private volatile long next;

  Watch(Predicate<Event> interest, long startRevision, WatchSink sink, Runnable wake) {
    this.interest = interest;
    this.next = startRevision;
    this.sink = sink;
    this.wake = wake;
  }

  /** Ends the watch: when this returns, the sink is called no more. */
  public void cancel() {
    end();
    wake.run();
  }

  /** Tells that the sink takes events again. Does not block. */
  public void resume() {
    wake.run();
  }

  /** Every event that is wanted, up to this revision, has been given to the sink. */
  public long deliveredRevision() {
    return next - 1;
  }

  long next() {
    return next;
  }

  boolean isReady() {
    return sink.isReady();
  }

  boolean isOver() {
    delivery.lock();
    try {
      return isOver;
    } finally {
      delivery.unlock();
    }
  }

  /** Gives the sink what it wants of these revisions, those below {@code next} left out. */
  void deliver(List<KeysChanged> revisions) {
    List<KeysChanged> wanted = new ArrayList<>();
    long end = next;
    for (KeysChanged change : revisions) {
      if (change.revision() >= next) {
        List<Event> events = change.events().stream().filter(interest).toList();
        if (!events.isEmpty()) {
          wanted.add(new KeysChanged(change.revision(), events));
        }
        end = change.revision() + 1;
      }
    }
    if (wanted.isEmpty()) {
      next = end;
    } else {
      long after = end;
      tell(
          to -> {
            to.onEvents(List.copyOf(wanted));
            next = after;
          });
    }
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
      isOver = true;
    } finally {
      delivery.unlock();
    }
  }
}
