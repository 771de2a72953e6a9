package dev.trivet.mount;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.trivet.proto.api.WriteExtentResponse;
import dev.trivet.proto.files.ExtentRange;
import dev.trivet.proto.files.Operation;
import dev.trivet.proto.files.OperationResult;
import dev.trivet.proto.files.Slice;
import java.util.ArrayList;
import java.util.List;

/**
 * Gets the bytes of files to the cluster: a few ride in the command that gives them their place,
 * many become an extent first.
 */
final class StoredFiles {
  /** The most bytes that ride in a command. */
  static final int INLINE_BYTES = 64 * 1024;

  /**
   * @param uploadBeganMillis of the extent that the slices name; 0 when they name none
   */
  record Slices(List<Slice> slices, long uploadBeganMillis) {}

  private final SessionCalls calls;
  private final Mutations mutations;

  StoredFiles(SessionCalls calls, Mutations mutations) {
    this.calls = calls;
    this.mutations = mutations;
  }

  /** Slices for these ranges, whose bytes must not change any more. */
  Slices store(List<DirtyRanges.Range> ranges) {
    long total = ranges.stream().mapToLong(range -> range.bytes().remaining()).sum();
    return total <= INLINE_BYTES ? inline(ranges) : extent(ranges, total);
  }

  private static Slices inline(List<DirtyRanges.Range> ranges) {
    List<Slice> slices = new ArrayList<>();
    for (DirtyRanges.Range range : ranges) {
      ByteString bytes = UnsafeByteOperations.unsafeWrap(range.bytes());
      slices.add(
          Slice.newBuilder()
              .setOffset(range.offset())
              .setLength(bytes.size())
              .setInline(bytes)
              .build());
    }
    return new Slices(slices, 0);
  }

  private Slices extent(List<DirtyRanges.Range> ranges, long total) {
    WriteExtentResponse stored =
        calls.writeExtent(ranges.stream().map(DirtyRanges.Range::bytes).toList());
    List<Slice> slices = new ArrayList<>();
    long at = 0;
    for (DirtyRanges.Range range : ranges) {
      int length = range.bytes().remaining();
      Slice last = slices.isEmpty() ? Slice.getDefaultInstance() : slices.getLast();
      if (last.hasExtent() && last.getOffset() + last.getLength() == range.offset()) {
        slices.set(
            slices.size() - 1, last.toBuilder().setLength(last.getLength() + length).build());
      } else {
        ExtentRange place =
            ExtentRange.newBuilder()
                .setExtentId(stored.getExtent().getId())
                .setOffset(at)
                .setSizeBytes(total)
                .build();
        slices.add(
            Slice.newBuilder()
                .setOffset(range.offset())
                .setLength(length)
                .setExtent(place)
                .build());
      }
      at += length;
    }
    return new Slices(slices, stored.getUploadBeganMillis());
  }

  List<OperationResult> apply(List<Operation> operations, long uploadBeganMillis) {
    return mutations.apply(operations, uploadBeganMillis);
  }

  /** Reads what the cluster has; as {@link SessionCalls#readFile}. */
  int read(long inode, long offset, byte[] target) {
    return calls.readFile(inode, offset, target);
  }
}
