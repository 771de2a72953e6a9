package dev.trivet.state.volumes;

import com.google.protobuf.ByteString;
import dev.trivet.proto.files.Attributes;
import dev.trivet.proto.files.ExtentRange;
import dev.trivet.proto.files.Slice;
import dev.trivet.proto.log.InodeRecord;
import dev.trivet.state.entry.EntryContext;
import dev.trivet.state.entry.ExtentId;
import dev.trivet.state.objects.ExtentReferences;
import dev.trivet.store.Cursor;
import dev.trivet.store.Rows;
import dev.trivet.store.Table;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one file: rows of slices in the order of their offsets.
 *
 * <p>Invariants: slices do not overlap and do not reach behind the file's size; the sum of their
 * lengths is the inode's stored bytes; a slice in an extent counts one reference to it. A part of
 * an extent that no slice shows any more is not counted as stored, but stays on disk as long as
 * another part is shown.
 *
 * <p>All offsets are below 2^62, so that signed numbers do.
 */
final class SliceMap {
  private final VolumeWriter volume;
  private final InodeRecord.Builder inode;
  private final EntryContext context;
  private final long content;

  SliceMap(VolumeWriter volume, InodeRecord.Builder inode) {
    this.volume = volume;
    this.inode = inode;
    this.context = volume.context();
    this.content = VolumeWriter.contentOf(inode);
  }

  /**
   * Lays a slice over what is there; the file is as long as that afterwards. The reference to its
   * extent is counted already.
   */
  void put(Slice slice) {
    Attributes.Builder attributes = inode.getAttributesBuilder();
    if (slice.getOffset() < attributes.getSizeBytes()) {
      cut(slice.getOffset(), end(slice));
    }
    write(slice);
    volume.addStored(inode, slice.getLength());
    attributes.setSizeBytes(Math.max(attributes.getSizeBytes(), end(slice)));
  }

  /** Makes a hole. */
  void cut(long from, long to) {
    Slice across = across(context.rows(), volume.id(), content, from);
    if (across != null) {
      cut(across, from, to);
    }
    try (Cursor cursor = context.rows().scan(Table.SLICE, row(from), row(to))) {
      while (cursor.next()) {
        cut(VolumeRows.parse(Table.SLICE, cursor.value(), Slice.parser()), from, to);
      }
    }
  }

  private void cut(Slice old, long from, long to) {
    boolean hasLeft = old.getOffset() < from;
    boolean hasRight = end(old) > to;
    if (old.hasExtent() && hasLeft && hasRight) {
      ExtentReferences.retain(context, extentOf(old), old.getExtent().getSizeBytes());
    }
    if (hasLeft) {
      write(part(old, old.getOffset(), from));
    } else {
      context.rows().delete(Table.SLICE, row(old.getOffset()));
    }
    if (hasRight) {
      write(part(old, to, end(old)));
    }
    if (old.hasExtent() && !hasLeft && !hasRight) {
      ExtentReferences.release(context, extentOf(old));
    }
    volume.addStored(inode, Math.max(from, old.getOffset()) - Math.min(to, end(old)));
  }

  /** Slices that meet a range, cut to it. */
  static List<Slice> find(Rows rows, long volume, long content, long from, long to, int limit) {
    List<Slice> found = new ArrayList<>();
    if (from >= to || limit == 0) {
      return found;
    }
    Slice first = across(rows, volume, content, from);
    if (first != null) {
      found.add(part(first, from, Math.min(to, end(first))));
    }
    try (Cursor cursor =
        rows.scan(
            Table.SLICE,
            VolumeRows.slice(volume, content, from),
            VolumeRows.slice(volume, content, to))) {
      while (found.size() < limit && cursor.next()) {
        Slice slice = VolumeRows.parse(Table.SLICE, cursor.value(), Slice.parser());
        found.add(part(slice, slice.getOffset(), Math.min(to, end(slice))));
      }
    }
    return found;
  }

  static ExtentId extentOf(Slice slice) {
    return ExtentId.of(slice.getExtent().getExtentId());
  }

  static long end(Slice slice) {
    return slice.getOffset() + slice.getLength();
  }

  /** The slice that begins before an offset and reaches over it. */
  private static @Nullable Slice across(Rows rows, long volume, long content, long offset) {
    try (Cursor cursor =
        rows.scanBackward(
            Table.SLICE,
            VolumeRows.slice(volume, content, 0),
            VolumeRows.slice(volume, content, offset))) {
      if (!cursor.next()) {
        return null;
      }
      Slice slice = VolumeRows.parse(Table.SLICE, cursor.value(), Slice.parser());
      return end(slice) > offset ? slice : null;
    }
  }

  private static Slice part(Slice slice, long from, long to) {
    if (from == slice.getOffset() && to == end(slice)) {
      return slice;
    }
    long skipped = from - slice.getOffset();
    Slice.Builder part = Slice.newBuilder().setOffset(from).setLength(to - from);
    if (slice.hasExtent()) {
      ExtentRange range = slice.getExtent();
      return part.setExtent(range.toBuilder().setOffset(range.getOffset() + skipped)).build();
    }
    ByteString bytes = slice.getInline();
    return part.setInline(bytes.substring((int) skipped, (int) (skipped + to - from))).build();
  }

  private void write(Slice slice) {
    context.rows().put(Table.SLICE, row(slice.getOffset()), slice.toByteArray());
  }

  private byte[] row(long offset) {
    return VolumeRows.slice(volume.id(), content, offset);
  }
}
