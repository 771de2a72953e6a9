package dev.trivet.mount;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of a file that were written and are not stored yet, as disjoint pieces by their offset.
 *
 * <p>A piece grows in place when a write goes on where it ends, and is overwritten in place. Not
 * safe for many threads; but what {@link #within} returned may be read while writes go on, and then
 * shows each byte as it was or as it is.
 */
final class DirtyRanges {
  /** The longest piece. */
  private static final int PIECE_BYTES = 1 << 20;

  /** What a piece takes beside its bytes, about. */
  private static final int OVERHEAD_BYTES = 128;

  /** Bytes and where in the file they belong. */
  record Range(long offset, ByteBuffer bytes) {
    long end() {
      return offset + bytes.remaining();
    }
  }

  private static final class Piece {
    private byte[] bytes;
    private int length;

    private Piece(int capacity) {
      bytes = new byte[capacity];
    }
  }

  private final TreeMap<Long, Piece> pieces = new TreeMap<>();
  private long heldBytes;

  /** Takes over what remains in the buffer. */
  void write(long offset, ByteBuffer data) {
    long at = offset;
    while (data.hasRemaining()) {
      Map.Entry<Long, Piece> floor = pieces.floorEntry(at);
      int count;
      if (floor != null && at < floor.getKey() + floor.getValue().length) {
        int inside = (int) (at - floor.getKey());
        count = Math.min(data.remaining(), floor.getValue().length - inside);
        data.get(floor.getValue().bytes, inside, count);
      } else {
        count = append(floor, at, data);
      }
      at += count;
    }
  }

  /** Fills the gap at {@code at}, or a part of it. */
  private int append(Map.@Nullable Entry<Long, Piece> floor, long at, ByteBuffer data) {
    Long next = pieces.higherKey(at);
    int gap = next == null ? data.remaining() : (int) Math.min(data.remaining(), next - at);
    Piece piece;
    int count;
    if (floor != null
        && floor.getKey() + floor.getValue().length == at
        && floor.getValue().length < PIECE_BYTES) {
      piece = floor.getValue();
      count = Math.min(gap, PIECE_BYTES - piece.length);
      grow(piece, piece.length + count);
    } else {
      count = Math.min(gap, PIECE_BYTES);
      piece = new Piece(count);
      pieces.put(at, piece);
      heldBytes += count + OVERHEAD_BYTES;
    }
    data.get(piece.bytes, piece.length, count);
    piece.length += count;
    return count;
  }

  private void grow(Piece piece, int needed) {
    int capacity = piece.bytes.length;
    if (needed > capacity) {
      int larger = Math.min(PIECE_BYTES, Math.max(needed, 2 * capacity));
      piece.bytes = Arrays.copyOf(piece.bytes, larger);
      heldBytes += larger - capacity;
    }
  }

  /** Forgets what lies at or behind {@code size}. */
  void truncate(long size) {
    Map<Long, Piece> behind = pieces.tailMap(size, true);
    behind.values().forEach(piece -> heldBytes -= piece.bytes.length + OVERHEAD_BYTES);
    behind.clear();
    Map.Entry<Long, Piece> last = pieces.lastEntry();
    if (last != null && last.getKey() + last.getValue().length > size) {
      last.getValue().length = (int) (size - last.getKey());
    }
  }

  /** What is here of the given part of the file, in order; nothing is copied. */
  List<Range> within(long offset, long length) {
    List<Range> found = new ArrayList<>();
    long end = offset + length;
    Long first = pieces.floorKey(offset);
    for (Map.Entry<Long, Piece> entry :
        pieces.tailMap(first == null ? offset : first, true).entrySet()) {
      long start = entry.getKey();
      if (start >= end) {
        break;
      }
      long from = Math.max(start, offset);
      long to = Math.min(start + entry.getValue().length, end);
      if (from < to) {
        found.add(
            new Range(
                from,
                ByteBuffer.wrap(entry.getValue().bytes, (int) (from - start), (int) (to - from))
                    .slice()));
      }
    }
    return found;
  }

  /** All that is here, in order. */
  List<Range> all() {
    return within(0, Long.MAX_VALUE);
  }

  /** Whether every byte of a part of the file is here. */
  boolean covers(long offset, long length) {
    long at = offset;
    for (Range range : within(offset, length)) {
      if (range.offset() != at) {
        return false;
      }
      at = range.end();
    }
    return at == offset + length;
  }

  /** Where the last byte ends; 0 when there is none. */
  long end() {
    Map.Entry<Long, Piece> last = pieces.lastEntry();
    return last == null ? 0 : last.getKey() + last.getValue().length;
  }

  boolean isEmpty() {
    return pieces.isEmpty();
  }

  /** Memory that this takes, about. */
  long heldBytes() {
    return heldBytes;
  }
}
