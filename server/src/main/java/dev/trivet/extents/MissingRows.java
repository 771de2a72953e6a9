package dev.trivet.extents;

import dev.trivet.proto.log.ExtentRecord;
import dev.trivet.state.entry.Counter;
import dev.trivet.state.entry.ExtentId;
import dev.trivet.state.objects.ObjectQueries;
import dev.trivet.store.Cursor;
import dev.trivet.store.ReadView;
import dev.trivet.store.Store;
import dev.trivet.store.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The node-local table of extents that the state names and this node does not hold.
 *
 * <p>The apply thread writes into it too: a row when an extent is named for the first time and its
 * file is not here, and none any more when its last reference goes. Rows that are wrong because two
 * things happened at once do no harm: whoever reads one looks at the extent's own row and at the
 * disk before doing anything. Rows that are lacking are found by {@link #reconcile} and {@link
 * #noteDamaged}.
 */
final class MissingRows {
  private static final byte[] PRESENT = {1};
  private static final int STEP = 1000;

  private final LocalExtents local;
  private final Store store;

  MissingRows(LocalExtents local, Store store) {
    this.local = local;
    this.store = store;
  }

  /**
   * Ids of rows, in ascending order.
   *
   * @param after ids up to and including this one are left out; null to begin
   */
  List<ExtentId> page(@Nullable ExtentId after, int limit) {
    List<ExtentId> ids = new ArrayList<>();
    byte[] from = after == null ? new byte[0] : Arrays.copyOf(after.toBytes(), ExtentId.BYTES + 1);
    try (ReadView view = store.view();
        Cursor cursor = view.scan(Table.MISSING, from, null)) {
      while (ids.size() < limit && cursor.next()) {
        ids.add(ExtentId.of(cursor.key()));
      }
    }
    return ids;
  }

  long count() {
    long count = 0;
    try (ReadView view = store.view();
        Cursor cursor = view.scan(Table.MISSING, new byte[0], null)) {
      while (cursor.next()) {
        count++;
      }
    }
    return count;
  }

  void remove(ExtentId id) {
    store.deleteLocal(Table.MISSING, id.toBytes());
  }

  /** Bytes that an extent should have; null when nothing refers to it any more. */
  @Nullable Long referencedSize(ExtentId id) {
    try (ReadView view = store.view()) {
      ExtentRecord record = ObjectQueries.extent(view, id);
      return record == null || record.getReferences() == 0 ? null : record.getSizeBytes();
    }
  }

  long logTime() {
    try (ReadView view = store.view()) {
      return Counter.LOG_TIME.in(view);
    }
  }

  /** Compares all that the state refers to with what is here. */
  void reconcile() {
    ExtentId after = null;
    List<ExtentId> step;
    do {
      try (ReadView view = store.view()) {
        step = ObjectQueries.referencedExtents(view, after, STEP);
      }
      for (ExtentId id : step) {
        if (!local.isHere(id)) {
          put(id);
        }
        after = id;
      }
    } while (step.size() == STEP);
  }

  /** Takes up what was set aside by a failed check; what nothing refers to is removed at once. */
  void noteDamaged() {
    for (ExtentId id : local.damaged()) {
      if (referencedSize(id) == null) {
        local.delete(id);
      } else {
        put(id);
      }
    }
  }

  private void put(ExtentId id) {
    store.putLocal(Table.MISSING, id.toBytes(), PRESENT);
  }
}
