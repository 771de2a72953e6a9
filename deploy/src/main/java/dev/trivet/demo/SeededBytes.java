package dev.trivet.demo;

import java.io.InputStream;
import java.util.SplittableRandom;

/** So many bytes that look random and are the same for the same seed. */
final class SeededBytes extends InputStream {
  private final byte[] block = new byte[8 << 10];
  private final SplittableRandom random;
  private long left;
  private int used = block.length;

  SeededBytes(long seed, long size) {
    this.random = new SplittableRandom(seed);
    this.left = size;
  }

  @Override
  public int read() {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) {
    if (left == 0 && length > 0) {
      return -1;
    }
    if (used == block.length) {
      random.nextBytes(block);
      used = 0;
    }
    int count = (int) Math.min(left, Math.min(length, block.length - used));
    System.arraycopy(block, used, target, offset, count);
    used += count;
    left -= count;
    return count;
  }
}
