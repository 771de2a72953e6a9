package dev.trivet.state.volumes;

import dev.trivet.store.Cursor;
import dev.trivet.store.Rows;
import dev.trivet.store.Table;

/** Reads of volumes. */
final class VolumeQueries {
  private VolumeQueries() {}

  static boolean hasSessions(Rows rows) {
    try (Cursor cursor = rows.scan(Table.SESSION, new byte[0], null)) {
      return cursor.next();
    }
  }
}
