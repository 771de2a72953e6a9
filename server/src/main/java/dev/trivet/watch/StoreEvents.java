package dev.trivet.watch;

import dev.trivet.state.entry.Change.KeysChanged;
import dev.trivet.state.entry.Counter;
import dev.trivet.state.keys.EventLog;
import dev.trivet.store.ReadView;
import dev.trivet.store.Store;
import java.util.List;

/**
 * The events that a store's tables hold. Each call reads a view of its own; any thread may call.
 */
public final class StoreEvents implements EventSource {
  private final Store store;

  public StoreEvents(Store store) {
    this.store = store;
  }

  @Override
  public List<KeysChanged> read(long fromRevision, int maxEvents) {
    try (ReadView view = store.view()) {
      return EventLog.read(view, fromRevision, maxEvents);
    }
  }

  @Override
  public long compactedRevision() {
    try (ReadView view = store.view()) {
      return Counter.COMPACTED_REVISION.in(view);
    }
  }

  @Override
  public long currentRevision() {
    try (ReadView view = store.view()) {
      return Counter.REVISION.in(view);
    }
  }
}
