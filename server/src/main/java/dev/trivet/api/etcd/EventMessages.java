package dev.trivet.api.etcd;

import dev.trivet.proto.etcd.Event;
import dev.trivet.proto.etcd.WatchResponse;
import dev.trivet.state.entry.Change.KeysChanged;
import java.util.ArrayList;
import java.util.List;

/**
 * Packs whole revisions into as few messages as they fit: a message has about 1 MiB at most. A
 * revision is never split, for a watcher must see it at once, unless the watcher can put fragments
 * together.
 */
final class EventMessages {
  private static final int FULL_BYTES = 1 << 20;

  private final Headers headers;
  private final long watchId;
  private final boolean isFragmenting;
  private final List<WatchResponse> messages = new ArrayList<>();
  private WatchResponse.Builder open = WatchResponse.newBuilder();
  private long openBytes;

  private EventMessages(Headers headers, long watchId, boolean isFragmenting) {
    this.headers = headers;
    this.watchId = watchId;
    this.isFragmenting = isFragmenting;
  }

  /** A header's revision is at or above its message's last event and below the next message. */
  static List<WatchResponse> of(
      Headers headers, long watchId, boolean isFragmenting, List<KeysChanged> revisions) {
    EventMessages packing = new EventMessages(headers, watchId, isFragmenting);
    revisions.forEach(packing::add);
    if (!revisions.isEmpty()) {
      packing.close(revisions.getLast().revision(), false);
    }
    return packing.messages;
  }

  private void add(KeysChanged change) {
    List<Event> events = change.events();
    long bytes = 0;
    for (Event event : events) {
      bytes += event.getSerializedSize();
    }
    if (openBytes > 0 && openBytes + bytes > FULL_BYTES) {
      close(change.revision() - 1, false);
    }
    if (isFragmenting && bytes > FULL_BYTES) {
      for (Event event : events) {
        if (openBytes > 0 && openBytes + event.getSerializedSize() > FULL_BYTES) {
          close(change.revision(), true);
        }
        open.addEvents(event);
        openBytes += event.getSerializedSize();
      }
    } else {
      open.addAllEvents(events);
      openBytes += bytes;
    }
  }

  private void close(long revision, boolean isFragment) {
    messages.add(
        open.setHeader(headers.of(revision)).setWatchId(watchId).setFragment(isFragment).build());
    open = WatchResponse.newBuilder();
    openBytes = 0;
  }
}
