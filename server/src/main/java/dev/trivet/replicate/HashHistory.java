package dev.trivet.replicate;

import dev.trivet.state.Applied;
import dev.trivet.store.Store;
import org.jspecify.annotations.Nullable;

/**
 * The state's hash after each of the last 1,024 applied entries. Written by the apply thread, read
 * by any.
 */
final class HashHistory implements AppliedListener {
  /** The hash of the state that begins with {@code index}. */
  record Digest(long index, long hash) {}

  private static final int REMEMBERED = 1024;

  private final Store store;
  private final long[] indexes = new long[REMEMBERED];
  private final long[] hashes = new long[REMEMBERED];
  private int next;
  private int count;

  HashHistory(Store store) {
    this.store = store;
    remember(store.applied().index());
  }

  @Override
  public void onApplied(Applied applied) {
    remember(applied.position().index());
  }

  @Override
  public synchronized void onRestored() {
    count = 0;
    remember(store.applied().index());
  }

  /** The last applied entry's; its index is -1 before the first entry. */
  synchronized Digest latest() {
    int last = (next + REMEMBERED - 1) % REMEMBERED;
    return new Digest(indexes[last], hashes[last]);
  }

  /** Null when the entry is not applied yet, held no commands, or is long past. */
  synchronized @Nullable Digest at(long index) {
    for (int i = 1; i <= count; i++) {
      int slot = (next + REMEMBERED - i) % REMEMBERED;
      if (indexes[slot] == index) {
        return new Digest(index, hashes[slot]);
      }
      if (indexes[slot] < index) {
        return null;
      }
    }
    return null;
  }

  private synchronized void remember(long index) {
    indexes[next] = index;
    hashes[next] = store.stateHash();
    next = (next + 1) % REMEMBERED;
    count = Math.min(count + 1, REMEMBERED);
  }
}
