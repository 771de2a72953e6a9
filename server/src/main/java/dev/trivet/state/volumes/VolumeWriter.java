package dev.trivet.state.volumes;

import com.google.protobuf.ByteString;
import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.files.Attributes;
import dev.trivet.proto.files.OperationResult;
import dev.trivet.proto.log.InodeRecord;
import dev.trivet.proto.log.VolumeRecord;
import dev.trivet.state.entry.EntryContext;
import dev.trivet.store.Cursor;
import dev.trivet.store.Table;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One volume while one command is applied: its row and the inodes that were touched, which are
 * written by {@link #finish}; directory entries, slices and orphans go to the rows at once.
 *
 * <p>Invariant: two callers that ask for the same inode change the same record, so a rename within
 * one directory or over a hard link needs no care.
 */
final class VolumeWriter {
  static final long ROOT = 1;

  /** What an inode counts for in the quota, beside its bytes. */
  static final long INODE_BYTES = 512;

  private final EntryContext context;
  private final VolumeRecord.Builder volume;
  private final Map<Long, InodeRecord.Builder> inodes = new TreeMap<>();
  private final long nowNanos;

  VolumeWriter(EntryContext context, VolumeRecord volume) {
    this.context = context;
    this.volume = volume.toBuilder();
    this.nowNanos = context.timeMillis() * 1_000_000;
  }

  EntryContext context() {
    return context;
  }

  long id() {
    return volume.getId();
  }

  /** The session that the command came from. */
  long sessionId() {
    return volume.getSessionId();
  }

  long nowNanos() {
    return nowNanos;
  }

  /** A number that no inode and no content has had. */
  long nextNumber() {
    long number = volume.getNextInode();
    volume.setNextInode(number + 1);
    return number;
  }

  /** Null when there is none. */
  InodeRecord.@Nullable Builder find(long number) {
    InodeRecord.Builder known = inodes.get(number);
    if (known != null) {
      return known;
    }
    InodeRecord stored = VolumeQueries.inode(context.rows(), id(), number);
    if (stored == null) {
      return null;
    }
    InodeRecord.Builder loaded = stored.toBuilder();
    inodes.put(number, loaded);
    return loaded;
  }

  InodeRecord.Builder inode(long number) {
    InodeRecord.Builder found = find(number);
    if (found == null) {
      throw ErrorCode.NO_ENTRY.exception("inode " + Long.toUnsignedString(number) + " is gone");
    }
    return found;
  }

  InodeRecord.Builder directory(long number) {
    InodeRecord.Builder found = inode(number);
    if (!Modes.isDirectory(found.getAttributes())) {
      throw ErrorCode.NOT_A_DIRECTORY.exception();
    }
    return found;
  }

  void add(InodeRecord.Builder inode) {
    inodes.put(inode.getAttributes().getInode(), inode);
    volume.setInodeCount(volume.getInodeCount() + 1);
    requireQuota();
  }

  /** Removes an inode that no name leads to; its slices go later, their bytes are free at once. */
  void remove(InodeRecord.Builder inode) {
    long number = inode.getAttributes().getInode();
    dropContent(inode);
    inodes.remove(number);
    context.rows().delete(Table.INODE, VolumeRows.pair(id(), number));
    volume.setInodeCount(volume.getInodeCount() - 1);
  }

  private void dropContent(InodeRecord.Builder inode) {
    long stored = inode.getAttributes().getStoredBytes();
    if (stored == 0) {
      return;
    }
    Sweep.content(context, id(), contentOf(inode));
    inode.getAttributesBuilder().setStoredBytes(0);
    volume.setUsedBytes(volume.getUsedBytes() - stored);
  }

  /** All bytes at once, whatever the file holds: new ones get a number of their own. */
  void truncateToNothing(InodeRecord.Builder inode) {
    if (inode.getAttributes().getStoredBytes() != 0) {
      dropContent(inode);
      inode.setContent(nextNumber());
    }
  }

  /** An inode without a name stays until its mount lets go of it. */
  void keepOpen(InodeRecord.Builder inode) {
    long number = inode.getAttributes().getInode();
    context.rows().put(Table.ORPHAN, VolumeRows.pair(id(), number), VolumeRows.number(sessionId()));
  }

  /** Lets go of an inode without a name; false when the session does not hold it. */
  boolean release(long number) {
    byte[] row = VolumeRows.pair(id(), number);
    byte[] holder = context.rows().get(Table.ORPHAN, row);
    if (holder == null || VolumeRows.number(holder) != sessionId()) {
      return false;
    }
    context.rows().delete(Table.ORPHAN, row);
    remove(inode(number));
    return true;
  }

  void addStored(InodeRecord.Builder inode, long bytes) {
    Attributes.Builder attributes = inode.getAttributesBuilder();
    attributes.setStoredBytes(attributes.getStoredBytes() + bytes);
    volume.setUsedBytes(volume.getUsedBytes() + bytes);
  }

  long usedBytes() {
    return volume.getUsedBytes();
  }

  /** Asked after what needs more space than before. */
  void requireQuota() {
    long quota = volume.getQuotaBytes();
    long counted = volume.getUsedBytes() + volume.getInodeCount() * INODE_BYTES;
    if (quota != 0 && Long.compareUnsigned(counted, quota) > 0) {
      throw ErrorCode.QUOTA_EXCEEDED.exception(
          "volume "
              + volume.getName()
              + " would use "
              + counted
              + " bytes, its quota is "
              + Long.toUnsignedString(quota));
    }
  }

  static long contentOf(InodeRecord.Builder inode) {
    return inode.getContent() == 0 ? inode.getAttributes().getInode() : inode.getContent();
  }

  /** The inode that a name leads to; 0 when there is no such name. */
  long lookup(long directory, ByteString name) {
    byte[] row = context.rows().get(Table.DENTRY, VolumeRows.entry(id(), directory, name));
    return row == null ? 0 : VolumeRows.number(row);
  }

  InodeRecord.Builder requireEntry(long directory, ByteString name) {
    long number = lookup(directory, name);
    if (number == 0) {
      throw ErrorCode.NO_ENTRY.exception();
    }
    InodeRecord.Builder found = find(number);
    if (found == null) {
      throw new IllegalStateException(
          "volume " + id() + ": a name in " + directory + " leads to no inode: " + number);
    }
    return found;
  }

  void setEntry(long directory, ByteString name, long inode) {
    context
        .rows()
        .put(Table.DENTRY, VolumeRows.entry(id(), directory, name), VolumeRows.number(inode));
  }

  void removeEntry(long directory, ByteString name) {
    context.rows().delete(Table.DENTRY, VolumeRows.entry(id(), directory, name));
  }

  boolean isEmpty(long directory) {
    byte[] from = VolumeRows.pair(id(), directory);
    byte[] to = VolumeRows.pair(id(), directory + 1);
    try (Cursor cursor = context.rows().scan(Table.DENTRY, from, to)) {
      return !cursor.next();
    }
  }

  /** A directory's entries changed. */
  void touchEntries(InodeRecord.Builder directory) {
    directory.getAttributesBuilder().setModifyTimeNanos(nowNanos).setChangeTimeNanos(nowNanos);
  }

  /** An inode's attributes changed. */
  void touchAttributes(InodeRecord.Builder inode) {
    inode.getAttributesBuilder().setChangeTimeNanos(nowNanos);
  }

  static void addLinks(InodeRecord.Builder inode, int links) {
    Attributes.Builder attributes = inode.getAttributesBuilder();
    attributes.setLinks(attributes.getLinks() + links);
  }

  static OperationResult result(InodeRecord.Builder inode) {
    return OperationResult.newBuilder().setAttributes(inode.getAttributes()).build();
  }

  void finish() {
    inodes.forEach(
        (number, inode) ->
            context
                .rows()
                .put(Table.INODE, VolumeRows.pair(id(), number), inode.build().toByteArray()));
    byte[] row = volume.build().toByteArray();
    if (!Arrays.equals(row, context.rows().get(Table.VOLUME, VolumeRows.number(id())))) {
      context.rows().put(Table.VOLUME, VolumeRows.number(id()), row);
    }
  }
}
