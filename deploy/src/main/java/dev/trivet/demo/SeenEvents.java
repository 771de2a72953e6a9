package dev.trivet.demo;

import com.google.protobuf.ByteString;
import dev.trivet.proto.etcd.Event;
import dev.trivet.proto.etcd.WatchResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a watch was told: each key's revision, and whatever came twice or out of order. Guarded by
 * its own lock.
 */
final class SeenEvents {
  private static final int MOST_FAULTS = 5;

  private final Map<ByteString, Long> revisions = new HashMap<>();
  private final List<String> faults = new ArrayList<>();
  private long lastRevision;

  synchronized void add(WatchResponse response) {
    for (Event event : response.getEventsList()) {
      ByteString key = event.getKv().getKey();
      long revision = event.getKv().getModRevision();
      if (revision <= lastRevision) {
        fault("revision " + revision + " came after " + lastRevision);
      }
      lastRevision = revision;
      if (event.getType() != Event.EventType.PUT) {
        fault(key.toStringUtf8() + " was deleted at revision " + revision + ", nobody did that");
      }
      Long earlier = revisions.putIfAbsent(key, revision);
      if (earlier != null) {
        fault(key.toStringUtf8() + " came at revision " + earlier + " and again at " + revision);
      }
    }
  }

  synchronized long lastRevision() {
    return lastRevision;
  }

  /** What contradicts "every acknowledged write once, at its own revision, in order". */
  synchronized List<String> faults(Map<Integer, Long> acknowledged) {
    acknowledged.forEach(
        (number, revision) -> {
          Long seen = revisions.get(Writers.key(number));
          if (!revision.equals(seen)) {
            fault(
                "number %d was acknowledged at revision %d, the watch told %s"
                    .formatted(number, revision, seen == null ? "nothing" : seen));
          }
        });
    return List.copyOf(faults);
  }

  private void fault(String text) {
    if (faults.size() < MOST_FAULTS) {
      faults.add(text);
    }
  }
}
