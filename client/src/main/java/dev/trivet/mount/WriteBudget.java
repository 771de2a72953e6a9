package dev.trivet.mount;

import java.util.concurrent.atomic.AtomicLong;

/** How much memory the bytes that are not stored yet may take in all. */
final class WriteBudget {
  private final long limitBytes;
  private final AtomicLong heldBytes = new AtomicLong();

  WriteBudget(long limitBytes) {
    this.limitBytes = limitBytes;
  }

  /** Takes more, or gives back when negative. */
  void add(long bytes) {
    heldBytes.addAndGet(bytes);
  }

  boolean isUsedUp() {
    return heldBytes.get() >= limitBytes;
  }
}
