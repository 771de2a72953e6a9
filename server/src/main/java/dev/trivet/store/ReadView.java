package dev.trivet.store;

import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * What was committed at one moment; it never changes. While a view is open the store cannot be
 * closed or replaced, so views are short: open, read, close. May be handed from thread to thread,
 * not used by two at once.
 */
public final class ReadView implements Rows, AutoCloseable {
  private final Rows rows;
  private final Runnable release;
  private final AtomicBoolean closed = new AtomicBoolean();

  ReadView(Rows rows, Runnable release) {
    this.rows = rows;
    this.release = release;
  }

  @Override
  public byte @Nullable [] get(Table table, byte[] key) {
    return rows.get(table, key);
  }

  @Override
  public Cursor scan(Table table, byte[] fromInclusive, byte @Nullable [] toExclusive) {
    return rows.scan(table, fromInclusive, toExclusive);
  }

  @Override
  public Cursor scanBackward(Table table, byte[] fromInclusive, byte @Nullable [] toExclusive) {
    return rows.scanBackward(table, fromInclusive, toExclusive);
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      release.run();
    }
  }
}
