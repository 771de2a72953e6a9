package dev.trivet.chaos.workload;

import com.google.protobuf.ByteString;
import dev.trivet.chaos.history.watch.Change;
import dev.trivet.chaos.history.watch.Delivery;
import dev.trivet.chaos.history.watch.Seen;
import dev.trivet.chaos.history.watch.WatchStream;
import dev.trivet.client.TrivetClient;
import dev.trivet.client.Watch;
import dev.trivet.proto.etcd.Event;
import dev.trivet.proto.etcd.KeyValue;
import dev.trivet.proto.etcd.WatchCreateRequest;
import dev.trivet.proto.etcd.WatchResponse;
import java.util.ArrayList;
import java.util.List;

/** One watch from the first revision on, and all that it was told. Safe for any thread. */
final class WatchLog implements AutoCloseable {
  private final String watcher;
  private final String prefix;
  private final TrivetClient client;
  private final Watch watch;
  private final List<Delivery> deliveries = new ArrayList<>();
  private long lastRevision;
  private long endNanos;

  /**
   * @param endpoints that its client knows
   * @param prefix of the keys that it watches
   */
  WatchLog(String watcher, List<String> endpoints, String prefix) {
    this.watcher = watcher;
    this.prefix = prefix;
    this.client = Crew.connect(endpoints);
    ByteString first = ByteString.copyFromUtf8(prefix);
    int last = first.size() - 1;
    ByteString end =
        first
            .substring(0, last)
            .concat(ByteString.copyFrom(new byte[] {(byte) (first.byteAt(last) + 1)}));
    this.watch =
        client.watch(
            WatchCreateRequest.newBuilder()
                .setKey(first)
                .setRangeEnd(end)
                .setStartRevision(1)
                .setPrevKv(true)
                .build(),
            this::note);
    // One that was told that its revisions are compacted is over by then.
    var _ = watch.ended().whenComplete((_, _) -> end());
  }

  private synchronized void end() {
    if (endNanos == 0) {
      endNanos = System.nanoTime();
    }
  }

  private synchronized void note(WatchResponse response) {
    List<Seen> events = new ArrayList<>();
    for (Event event : response.getEventsList()) {
      lastRevision = event.getKv().getModRevision();
      events.add(seen(event));
    }
    // The head's revision is the store's, which may be ahead of what this watch has been told.
    deliveries.add(new Delivery(System.nanoTime(), 0, events));
  }

  private static Seen seen(Event event) {
    KeyValue pair = event.getKv();
    String key = pair.getKey().toStringUtf8();
    Change change =
        event.getType() == Event.EventType.DELETE
            ? new Change.Delete(key)
            : new Change.Put(key, pair.getValue().toStringUtf8());
    Seen.Previous previous =
        event.hasPrevKv()
            ? new Seen.Previous.Had(event.getPrevKv().getValue().toStringUtf8())
            : pair.getVersion() == 1
                ? new Seen.Previous.WasAbsent()
                // It was compacted, so it cannot be told.
                : new Seen.Previous.NotAsked();
    return new Seen(pair.getModRevision(), change, previous);
  }

  /** Whether it was told of a revision, or never will be. */
  synchronized boolean hasReached(long revision) {
    return lastRevision >= revision || watch.ended().isDone();
  }

  /** What it saw, once it is closed. */
  synchronized WatchStream stream() {
    return new WatchStream(watcher, prefix, 1, endNanos, deliveries);
  }

  @Override
  public void close() {
    watch.close();
    client.close();
  }
}
