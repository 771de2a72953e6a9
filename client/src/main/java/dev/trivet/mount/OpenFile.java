package dev.trivet.mount;

import dev.trivet.proto.files.Attributes;
import dev.trivet.proto.files.Operation;
import dev.trivet.proto.files.SetAttributes;
import dev.trivet.proto.files.Write;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One inode that is open: the bytes that were written to it and are not stored yet, and its
 * attributes as they are with them.
 *
 * <p>The bytes are in two layers. Writes go to {@code dirty}; writing back freezes that layer,
 * stores it without holding anything up, and drops it. A reader lays both over what the cluster
 * has, having looked at them <em>before</em> it asked, so that it cannot miss bytes that were
 * stored meanwhile. {@code size = max(base.size, frozen.end, dirty.end)}.
 *
 * <p>{@link #storing} is held while the cluster is asked to store or to change the size; it is
 * taken before this object's own lock, which guards the fields and is never held while waiting.
 */
final class OpenFile {
  /** Attributes as the cluster has them, and the mount's view of the file's bytes. */
  record View(@Nullable Attributes attributes, boolean isCovered, List<DirtyRanges.Range> ranges) {}

  /** So much is worth an extent before anybody asks for it. */
  private static final long BACKGROUND_BYTES = 8 << 20;

  private final long inode;
  private final StoredFiles store;
  private final WriteBudget budget;
  private final ReentrantLock storing = new ReentrantLock();

  private @Nullable Attributes base;
  private DirtyRanges frozen = new DirtyRanges();
  private DirtyRanges dirty = new DirtyRanges();

  /** Of the last write that is not stored yet; 0 when there is none. */
  private long modifyNanos;

  private boolean mayRunBackground = true;

  OpenFile(long inode, StoredFiles store, WriteBudget budget) {
    this.inode = inode;
    this.store = store;
    this.budget = budget;
  }

  long inode() {
    return inode;
  }

  /** What the cluster answered to a question; loses against what a change brought meanwhile. */
  synchronized void adoptIfUnknown(Attributes attributes) {
    if (base == null) {
      base = attributes;
    }
  }

  /** The cluster has these now. */
  synchronized void adopt(Attributes attributes) {
    base = attributes;
  }

  /** A name of it went when another file took the name. */
  synchronized void loseLink() {
    if (base != null) {
      base = base.toBuilder().setLinks(Math.max(0, base.getLinks() - 1)).build();
    }
  }

  /** Attributes with what is not stored yet; null when they are not known. */
  synchronized @Nullable Attributes attributes() {
    Attributes known = base;
    if (known == null || (frozen.isEmpty() && dirty.isEmpty())) {
      return known;
    }
    Attributes.Builder shown =
        known.toBuilder()
            .setSizeBytes(sizeBytes(known))
            .setStoredBytes(known.getStoredBytes() + frozen.heldBytes() + dirty.heldBytes());
    if (modifyNanos != 0) {
      shown
          .setModifyTimeNanos(modifyNanos)
          .setChangeTimeNanos(Math.max(modifyNanos, known.getChangeTimeNanos()));
    }
    return shown.build();
  }

  private long sizeBytes(Attributes known) {
    return Math.max(known.getSizeBytes(), Math.max(frozen.end(), dirty.end()));
  }

  /** Takes bytes over. The attributes must be known. */
  synchronized void write(long offset, ByteBuffer data, long nowNanos) {
    long before = dirty.heldBytes();
    dirty.write(offset, data);
    budget.add(dirty.heldBytes() - before);
    modifyNanos = nowNanos;
  }

  /** Bytes that are not stored yet, about; those that are just being stored included. */
  synchronized long heldBytes() {
    return frozen.heldBytes() + dirty.heldBytes();
  }

  synchronized boolean isClean() {
    return frozen.isEmpty() && dirty.isEmpty();
  }

  /** Whether no name leads to it any more. */
  synchronized boolean isUnlinked() {
    return base != null && base.getLinks() == 0;
  }

  /**
   * Whether it is time to write back without being asked; true once until something was stored, so
   * that a cluster which refuses is not asked again and again.
   */
  synchronized boolean beginBackground() {
    if (!mayRunBackground || dirty.heldBytes() < BACKGROUND_BYTES) {
      return false;
    }
    mayRunBackground = false;
    return true;
  }

  /** What is here of a part of the file, older first. To be taken before the cluster is asked. */
  synchronized View view(long offset, long length) {
    List<DirtyRanges.Range> ranges = new ArrayList<>(frozen.within(offset, length));
    ranges.addAll(dirty.within(offset, length));
    boolean isCovered = dirty.covers(offset, length) || frozen.covers(offset, length);
    return new View(attributes(), isCovered, ranges);
  }

  /** Where the bytes that the cluster has end, at most. */
  synchronized long storedEnd() {
    return base == null ? Long.MAX_VALUE : base.getSizeBytes();
  }

  /**
   * Stores all that was written before this was called.
   *
   * @throws dev.trivet.errors.TrivetException what the cluster says; the bytes are still here then,
   *     to be tried again
   */
  void writeBack() {
    storing.lock();
    try {
      writeBackHeld();
    } finally {
      storing.unlock();
    }
  }

  private void writeBackHeld() {
    long end;
    long modified;
    synchronized (this) {
      if (dirty.isEmpty()) {
        return;
      }
      frozen = dirty;
      dirty = new DirtyRanges();
      end = frozen.end();
      modified = modifyNanos;
    }
    boolean isStored = false;
    try {
      StoredFiles.Slices slices = store.store(frozen.all());
      Operation write =
          Operation.newBuilder()
              .setWrite(
                  Write.newBuilder()
                      .setInode(inode)
                      .addAllSlices(slices.slices())
                      .setMinimumSizeBytes(end))
              .build();
      Operation times =
          Operation.newBuilder()
              .setSetAttributes(
                  SetAttributes.newBuilder().setInode(inode).setModifyTimeNanos(modified))
              .build();
      store.apply(List.of(write, times), slices.uploadBeganMillis());
      isStored = true;
    } finally {
      settle(isStored);
    }
  }

  private synchronized void settle(boolean isStored) {
    long before = frozen.heldBytes() + dirty.heldBytes();
    mayRunBackground |= isStored;
    if (!isStored) {
      dirty.all().forEach(range -> frozen.write(range.offset(), range.bytes()));
      dirty = frozen;
    } else if (dirty.isEmpty()) {
      modifyNanos = 0;
    }
    frozen = new DirtyRanges();
    budget.add(dirty.heldBytes() - before);
  }

  /**
   * Changes attributes on the cluster; the new size applies to what is not stored yet, too, and a
   * new time of modification is later than all writes until now.
   */
  Attributes set(SetAttributes change) {
    storing.lock();
    try {
      if (change.hasModifyTimeNanos() || change.getModifyTimeNow()) {
        writeBackHeld();
      }
      Operation operation = Operation.newBuilder().setSetAttributes(change).build();
      Attributes stored = store.apply(List.of(operation), 0).getFirst().getAttributes();
      if (change.hasSizeBytes()) {
        truncated(change.getSizeBytes(), stored);
      }
      Attributes shown = attributes();
      return shown == null ? stored : shown;
    } finally {
      storing.unlock();
    }
  }

  private synchronized void truncated(long sizeBytes, Attributes stored) {
    long before = dirty.heldBytes();
    dirty.truncate(sizeBytes);
    budget.add(dirty.heldBytes() - before);
    modifyNanos = dirty.isEmpty() ? 0 : Math.max(modifyNanos, stored.getModifyTimeNanos());
  }

  /** Forgets what is not stored; returns how many bytes that was, about. */
  long discard() {
    storing.lock();
    try {
      synchronized (this) {
        long lost = dirty.heldBytes();
        dirty = new DirtyRanges();
        modifyNanos = 0;
        budget.add(-lost);
        return lost;
      }
    } finally {
      storing.unlock();
    }
  }
}
