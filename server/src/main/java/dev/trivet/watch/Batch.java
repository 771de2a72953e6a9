package dev.trivet.watch;

import dev.trivet.proto.etcd.Event;
import dev.trivet.state.entry.Change.KeysChanged;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Revisions that go to many watchers, in order and at least one. What most of them want, events
 * without the versions before, is made once for all. Belongs to one thread.
 */
final class Batch {
  private final List<KeysChanged> revisions;
  private @Nullable List<KeysChanged> bare;

  Batch(List<KeysChanged> revisions) {
    this.revisions = revisions;
  }

  long first() {
    return revisions.getFirst().revision();
  }

  long last() {
    return revisions.getLast().revision();
  }

  List<KeysChanged> revisions() {
    return revisions;
  }

  List<KeysChanged> withoutPrevious() {
    if (bare == null) {
      bare = revisions.stream().map(Batch::withoutPrevious).toList();
    }
    return bare;
  }

  private static KeysChanged withoutPrevious(KeysChanged change) {
    List<Event> events =
        change.events().stream()
            .map(event -> event.hasPrevKv() ? event.toBuilder().clearPrevKv().build() : event)
            .toList();
    return new KeysChanged(change.revision(), events);
  }
}
