package dev.trivet.mount;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random writes and truncations, made from a seed, against two plain arrays. */
final class DirtyRangesTest {
  private static final int PROGRAMS = 200;
  private static final int STEPS = 60;
  private static final int FILE_BYTES = 400;

  /** Far enough apart that pieces reach their greatest length. */
  private static final int SCALED_FILE_BYTES = 3 << 20;

  @Test
  void anOverlayShowsTheLastWriteOfEachByteAndNothingElse() {
    for (long seed = 1; seed <= PROGRAMS; seed++) {
      run(seed, FILE_BYTES, 60);
    }
  }

  @Test
  void longWritesAreKeptInManyPieces() {
    for (long seed = 1; seed <= 3; seed++) {
      run(seed, SCALED_FILE_BYTES, 1_500_000);
    }
  }

  @Test
  void appendingGrowsOnePieceAndItsMemoryIsCounted() {
    DirtyRanges ranges = new DirtyRanges();

    for (int i = 0; i < 1_000; i++) {
      ranges.write(i, ByteBuffer.wrap(new byte[] {(byte) i}));
    }

    assertThat(ranges.all()).hasSize(1);
    assertThat(ranges.heldBytes()).isBetween(1_000L, 3_000L);
  }

  private static void run(long seed, int fileBytes, int longestWrite) {
    Random random = new Random(seed);
    DirtyRanges ranges = new DirtyRanges();
    byte[] content = new byte[fileBytes];
    boolean[] isDirty = new boolean[fileBytes];
    int steps = fileBytes == FILE_BYTES ? STEPS : 12;
    for (int step = 0; step < steps; step++) {
      String at = "seed " + seed + ", step " + step;
      if (random.nextInt(8) == 0) {
        int size = random.nextInt(fileBytes);
        ranges.truncate(size);
        Arrays.fill(isDirty, size, fileBytes, false);
      } else {
        int offset = random.nextInt(fileBytes);
        byte[] data = new byte[1 + random.nextInt(Math.min(longestWrite, fileBytes - offset))];
        random.nextBytes(data);
        ranges.write(offset, ByteBuffer.wrap(data));
        System.arraycopy(data, 0, content, offset, data.length);
        Arrays.fill(isDirty, offset, offset + data.length, true);
      }
      int from = random.nextInt(fileBytes);
      compare(ranges, content, isDirty, from, random.nextInt(fileBytes - from) + 1, at);
      assertThat(ranges.end()).as(at).isEqualTo(end(isDirty));
      assertThat(ranges.isEmpty()).as(at).isEqualTo(end(isDirty) == 0);
    }
    ranges.truncate(0);
    assertThat(ranges.heldBytes()).as("seed " + seed).isZero();
  }

  private static void compare(
      DirtyRanges ranges, byte[] content, boolean[] isDirty, int from, int length, String at) {
    byte[] seen = new byte[length];
    boolean[] isSeen = new boolean[length];
    for (DirtyRanges.Range range : ranges.within(from, length)) {
      int start = (int) (range.offset() - from);
      int count = range.bytes().remaining();
      range.bytes().get(range.bytes().position(), seen, start, count);
      Arrays.fill(isSeen, start, start + count, true);
    }
    byte[] wanted = new byte[length];
    boolean isWhole = true;
    for (int i = 0; i < length; i++) {
      wanted[i] = isDirty[from + i] ? content[from + i] : 0;
      isWhole &= isDirty[from + i];
    }
    assertThat(Arrays.mismatch(isSeen, Arrays.copyOfRange(isDirty, from, from + length)))
        .as(at)
        .isEqualTo(-1);
    assertThat(Arrays.mismatch(seen, wanted)).as(at).isEqualTo(-1);
    assertThat(ranges.covers(from, length)).as(at).isEqualTo(isWhole);
  }

  private static int end(boolean[] isDirty) {
    for (int i = isDirty.length; i > 0; i--) {
      if (isDirty[i - 1]) {
        return i;
      }
    }
    return 0;
  }
}
