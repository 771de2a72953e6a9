package dev.trivet.sim;

import dev.trivet.store.LogPosition;

/**
 * An entry of the modelled log.
 *
 * @param content the bytes that {@code EntryFormat} made; empty for a new leader's first entry
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared by this record, and never changed.
record Entry(LogPosition position, byte[] content) {
  boolean isRaftsOwn() {
    return content.length == 0;
  }
}
