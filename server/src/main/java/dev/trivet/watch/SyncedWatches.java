package dev.trivet.watch;

import com.google.protobuf.ByteString;
import dev.trivet.proto.etcd.Event;
import dev.trivet.state.entry.Change.KeysChanged;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * The watchers that have all there is, found by the keys that they are about: a change costs what
 * it reaches, not what there is. Belongs to the dispatcher.
 */
final class SyncedWatches {
  private final Map<ByteString, Set<Watch>> byKey = new HashMap<>();
  private final Set<Watch> others = new LinkedHashSet<>();

  void add(Watch watch) {
    if (watch.keys().isEmpty()) {
      others.add(watch);
    }
    for (ByteString key : watch.keys()) {
      byKey.computeIfAbsent(key, _ -> new LinkedHashSet<>()).add(watch);
    }
  }

  void remove(Watch watch) {
    others.remove(watch);
    for (ByteString key : watch.keys()) {
      Set<Watch> same = byKey.get(key);
      if (same != null && same.remove(watch) && same.isEmpty()) {
        byKey.remove(key);
      }
    }
  }

  Set<Watch> all() {
    Set<Watch> all = new LinkedHashSet<>(others);
    byKey.values().forEach(all::addAll);
    return all;
  }

  /** Everyone who may want some of it, each once. */
  Set<Watch> concernedBy(Batch batch) {
    Set<Watch> concerned = new LinkedHashSet<>(others);
    if (!byKey.isEmpty()) {
      for (KeysChanged change : batch.revisions()) {
        for (Event event : change.events()) {
          Set<Watch> watching = byKey.get(event.getKv().getKey());
          if (watching != null) {
            concerned.addAll(watching);
          }
        }
      }
    }
    return concerned;
  }
}
