package dev.trivet.store;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Stored rows with a batch's changes laid over them; both sides come in the same order. */
final class MergedCursor implements Cursor {
  /** A changed row; a null value is a deletion. */
  static final class Row {
    private final byte[] key;
    private final byte @Nullable [] value;

    Row(byte[] key, byte @Nullable [] value) {
      this.key = key;
      this.value = value;
    }
  }

  static final Cursor EMPTY =
      new Cursor() {
        @Override
        public boolean next() {
          return false;
        }

        @Override
        public byte[] key() {
          throw new IllegalStateException("no row");
        }

        @Override
        public byte[] value() {
          throw new IllegalStateException("no row");
        }

        @Override
        public void close() {}
      };

  private final Cursor stored;
  private final List<Row> changed;
  private final boolean backward;
  private int at;
  private boolean storedReady;
  private boolean started;
  private byte[] key = new byte[0];
  private byte[] value = new byte[0];

  MergedCursor(Cursor stored, List<Row> changed, boolean backward) {
    this.stored = stored;
    this.changed = changed;
    this.backward = backward;
  }

  @Override
  public boolean next() {
    if (!started) {
      started = true;
      storedReady = stored.next();
    }
    while (true) {
      boolean changedReady = at < changed.size();
      if (!storedReady && !changedReady) {
        return false;
      }
      int order;
      if (!storedReady) {
        order = 1;
      } else if (!changedReady) {
        order = -1;
      } else {
        int raw = Arrays.compareUnsigned(stored.key(), changed.get(at).key);
        order = backward ? -raw : raw;
      }
      if (order < 0) {
        key = stored.key();
        value = stored.value();
        storedReady = stored.next();
        return true;
      }
      if (order == 0) {
        storedReady = stored.next();
      }
      Row row = changed.get(at++);
      byte[] now = row.value;
      if (now != null) {
        key = row.key;
        value = now;
        return true;
      }
    }
  }

  @Override
  public byte[] key() {
    return key;
  }

  @Override
  public byte[] value() {
    return value;
  }

  @Override
  public void close() {
    stored.close();
  }
}
