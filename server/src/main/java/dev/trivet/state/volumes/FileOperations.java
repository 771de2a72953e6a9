package dev.trivet.state.volumes;

import com.google.protobuf.ByteString;
import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.files.Attributes;
import dev.trivet.proto.files.ExtentRange;
import dev.trivet.proto.files.OperationResult;
import dev.trivet.proto.files.Release;
import dev.trivet.proto.files.SetAttributes;
import dev.trivet.proto.files.Slice;
import dev.trivet.proto.files.Write;
import dev.trivet.proto.log.InodeRecord;
import dev.trivet.state.entry.ExtentId;
import dev.trivet.state.objects.ExtentReferences;

/**
 * Attributes and bytes of files.
 *
 * <p>Truncating to nothing costs the same whatever the file holds; truncating to another size
 * removes the slices behind it one by one, in this entry.
 *
 * <p>Source: POSIX.1-2024, chmod, chown, truncate, utimensat, write.
 */
final class FileOperations {
  static final long MAX_FILE_BYTES = 1L << 62;

  /** Bytes of one slice that rides in the command. */
  static final int MAX_INLINE_BYTES = 64 << 10;

  private static final long MAX_EXTENT_BYTES = 1L << 30;

  private FileOperations() {}

  static OperationResult setAttributes(VolumeWriter volume, SetAttributes operation) {
    InodeRecord.Builder inode = volume.inode(operation.getInode());
    if ((operation.getMode() & ~Modes.PERMISSION_BITS) != 0) {
      throw ErrorCode.INVALID_ARGUMENT.exception(
          "a mode to set has permission bits only (07777), got 0"
              + Integer.toOctalString(operation.getMode()));
    }
    if (operation.hasSizeBytes()) {
      resize(volume, inode, operation.getSizeBytes());
    }
    Attributes.Builder attributes = inode.getAttributesBuilder();
    if (operation.hasMode()) {
      attributes.setMode((attributes.getMode() & Modes.TYPE_BITS) | operation.getMode());
    }
    if (operation.hasUid()) {
      attributes.setUid(operation.getUid());
    }
    if (operation.hasGid()) {
      attributes.setGid(operation.getGid());
    }
    if (operation.getAccessTimeNow()) {
      attributes.setAccessTimeNanos(volume.nowNanos());
    } else if (operation.hasAccessTimeNanos()) {
      attributes.setAccessTimeNanos(operation.getAccessTimeNanos());
    }
    if (operation.getModifyTimeNow()) {
      attributes.setModifyTimeNanos(volume.nowNanos());
    } else if (operation.hasModifyTimeNanos()) {
      attributes.setModifyTimeNanos(operation.getModifyTimeNanos());
    }
    volume.touchAttributes(inode);
    return VolumeWriter.result(inode);
  }

  static OperationResult write(VolumeWriter volume, Write operation) {
    InodeRecord.Builder inode = volume.inode(operation.getInode());
    Modes.requireRegular(inode.getAttributes());
    requireSize(operation.getMinimumSizeBytes());
    for (Slice slice : operation.getSlicesList()) {
      requireForm(slice);
      if (slice.hasExtent()) {
        retain(volume, operation, slice.getExtent());
      }
    }
    long usedBefore = volume.usedBytes();
    SliceMap slices = new SliceMap(volume, inode);
    operation.getSlicesList().forEach(slices::put);
    if (volume.usedBytes() > usedBefore) {
      volume.requireQuota();
    }
    inode
        .getAttributesBuilder()
        .setSizeBytes(
            Math.max(inode.getAttributes().getSizeBytes(), operation.getMinimumSizeBytes()))
        .setModifyTimeNanos(volume.nowNanos())
        .setChangeTimeNanos(volume.nowNanos());
    return VolumeWriter.result(inode);
  }

  /** Nothing happens to what the session does not hold open without a name: it is done already. */
  static OperationResult release(VolumeWriter volume, Release operation) {
    volume.release(operation.getInode());
    return OperationResult.getDefaultInstance();
  }

  private static void resize(VolumeWriter volume, InodeRecord.Builder inode, long size) {
    Modes.requireRegular(inode.getAttributes());
    requireSize(size);
    if (size == 0) {
      volume.truncateToNothing(inode);
    } else if (size < inode.getAttributes().getSizeBytes()) {
      new SliceMap(volume, inode).cut(size, Long.MAX_VALUE);
    }
    inode.getAttributesBuilder().setSizeBytes(size).setModifyTimeNanos(volume.nowNanos());
  }

  /** Before anything is released, so that an extent which only moves does not become garbage. */
  private static void retain(VolumeWriter volume, Write operation, ExtentRange range) {
    ExtentId id = ExtentId.of(range.getExtentId());
    if (!ExtentReferences.mayRetain(volume.context(), id)) {
      throw ErrorCode.UPLOAD_EXPIRED.exception(
          "the write names an extent that was deleted meanwhile");
    }
    ExtentReferences.retain(volume.context(), id, extentSize(operation, range));
  }

  private static void requireSize(long size) {
    if (Long.compareUnsigned(size, MAX_FILE_BYTES) > 0) {
      throw ErrorCode.FILE_TOO_LARGE.exception(
          "a file has at most 2^62 bytes, not " + Long.toUnsignedString(size));
    }
  }

  private static void requireForm(Slice slice) {
    requireSize(slice.getOffset());
    requireSize(slice.getLength());
    requireSize(slice.getOffset() + slice.getLength());
    if (slice.getLength() == 0) {
      throw ErrorCode.INVALID_ARGUMENT.exception("a slice has at least one byte");
    }
    switch (slice.getSourceCase()) {
      case INLINE -> {
        if (slice.getInline().size() != slice.getLength() || slice.getLength() > MAX_INLINE_BYTES) {
          throw ErrorCode.INVALID_ARGUMENT.exception(
              "an inline slice has its length in bytes and at most "
                  + MAX_INLINE_BYTES
                  + ", got "
                  + slice.getInline().size()
                  + " bytes for a length of "
                  + slice.getLength());
        }
      }
      case EXTENT -> requireForm(slice.getExtent(), slice.getLength());
      case SOURCE_NOT_SET ->
          throw ErrorCode.INVALID_ARGUMENT.exception("a slice to write has bytes or an extent");
    }
  }

  private static void requireForm(ExtentRange range, long length) {
    if (range.getExtentId().size() != ExtentId.BYTES) {
      throw ErrorCode.INVALID_ARGUMENT.exception(
          "an extent id has " + ExtentId.BYTES + " bytes, got " + range.getExtentId().size());
    }
    long size = range.getSizeBytes() == 0 ? MAX_EXTENT_BYTES : range.getSizeBytes();
    boolean isWithin =
        Long.compareUnsigned(size, MAX_EXTENT_BYTES) <= 0
            && Long.compareUnsigned(range.getOffset(), size) <= 0
            && length <= size - range.getOffset();
    if (!isWithin) {
      throw ErrorCode.INVALID_ARGUMENT.exception(
          "bytes "
              + Long.toUnsignedString(range.getOffset())
              + " to "
              + Long.toUnsignedString(range.getOffset() + length)
              + " do not lie in an extent of "
              + Long.toUnsignedString(size)
              + " bytes; an extent has at most "
              + MAX_EXTENT_BYTES);
    }
  }

  /** What the range says, or the end of the last range of the extent that the write names. */
  private static long extentSize(Write write, ExtentRange range) {
    if (range.getSizeBytes() != 0) {
      return range.getSizeBytes();
    }
    ByteString id = range.getExtentId();
    long end = 0;
    for (Slice slice : write.getSlicesList()) {
      if (slice.getExtent().getExtentId().equals(id)) {
        end = Math.max(end, slice.getExtent().getOffset() + slice.getLength());
      }
    }
    return end;
  }
}
