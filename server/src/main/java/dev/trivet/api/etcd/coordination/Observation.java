package dev.trivet.api.etcd.coordination;

import com.google.protobuf.ByteString;
import dev.trivet.api.etcd.Headers;
import dev.trivet.proto.etcd.Event;
import dev.trivet.proto.etcd.KeyValue;
import dev.trivet.proto.etcd.LeaderResponse;
import dev.trivet.proto.etcd.RangeResponse;
import dev.trivet.watch.Interest;
import dev.trivet.watch.WatchHub;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells of an election: each leader, and each value that it proclaims while it leads, in order. A
 * leader that comes and goes while nobody looks is left out.
 */
final class Observation {
  private final KeyCalls calls;
  private final WatchHub hub;
  private final Headers headers;

  Observation(KeyCalls calls, WatchHub hub, Headers headers) {
    this.calls = calls;
    this.hub = hub;
    this.headers = headers;
  }

  /** Goes on until the caller has gone, or the telling or a read fails. */
  void run(ByteString name, Consumer<LeaderResponse> to) {
    while (true) {
      RangeResponse found = calls.range(Line.first(name).build());
      long revision = found.getHeader().getRevision();
      KeyValue leader = found.getKvsCount() > 0 ? found.getKvs(0) : awaitFirst(name, revision + 1);
      if (leader != null) {
        tell(leader, Math.max(revision, leader.getModRevision()), to);
        follow(leader.getKey(), Math.max(revision, leader.getModRevision()) + 1, to);
      }
    }
  }

  /** The first who comes; null when it is to be looked for again. */
  private @Nullable KeyValue awaitFirst(ByteString name, long fromRevision) {
    ByteString prefix = Line.everybody(name).getKey();
    Interest puts =
        event ->
            event.getType() == Event.EventType.PUT && event.getKv().getKey().startsWith(prefix);
    try (KeyEvents events = KeyEvents.open(hub, puts, fromRevision)) {
      Event event = events.next();
      return event == null ? null : event.getKv();
    }
  }

  private void follow(ByteString key, long fromRevision, Consumer<LeaderResponse> to) {
    Interest ofLeader = new KeyChanges(Set.of(key), false);
    try (KeyEvents events = KeyEvents.open(hub, ofLeader, fromRevision)) {
      for (Event event = events.next();
          event != null && event.getType() == Event.EventType.PUT;
          event = events.next()) {
        tell(event.getKv(), event.getKv().getModRevision(), to);
      }
    }
  }

  private void tell(KeyValue leader, long revision, Consumer<LeaderResponse> to) {
    to.accept(LeaderResponse.newBuilder().setHeader(headers.of(revision)).setKv(leader).build());
  }
}
