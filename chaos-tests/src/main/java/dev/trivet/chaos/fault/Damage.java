package dev.trivet.chaos.fault;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.random.RandomGenerator;

/** Changes files behind the back of a node that does not run. */
final class Damage {
  private static final int TRIES = 1_000;

  /** A torn entry: so long by what it says, and so much of it is there. */
  private static final int TORN_SAYS = 3_000;

  private static final int TORN_HAS = 700;
  private static final int PAYLOAD_BITS = 7;
  private static final int MORE = 0x80;

  private Damage() {}

  /** A bit that was flipped, read back from the file. */
  record Flipped(long at, int before, int after) {
    boolean isOnDisk() {
      return Integer.bitCount(before ^ after) == 1;
    }
  }

  /** Flips one bit of a byte that is not zero: most zeros are room that nobody reads. */
  static Flipped flip(Path file, RandomGenerator random) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      long at = 0;
      int before = 0;
      for (int i = 0; i < TRIES && before == 0; i++) {
        at = random.nextLong(channel.size());
        before = read(channel, at);
      }
      write(channel, at, new byte[] {(byte) (before ^ (1 << random.nextInt(Byte.SIZE)))});
      channel.force(true);
      return new Flipped(at, before, read(channel, at));
    }
  }

  /**
   * Adds an entry to a log's open segment of which a crash would have written only the beginning.
   *
   * @return where it begins
   */
  static long appendTorn(Path segment, RandomGenerator random) throws IOException {
    try (FileChannel channel =
        FileChannel.open(segment, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      byte[] all = Files.readAllBytes(segment);
      int end = all.length;
      while (end > 0 && all[end - 1] == 0) {
        end--;
      }
      byte[] torn = new byte[TORN_HAS];
      random.nextBytes(torn);
      torn[0] = (byte) ((TORN_SAYS & (MORE - 1)) | MORE);
      torn[1] = (byte) (TORN_SAYS >> PAYLOAD_BITS);
      write(channel, end, torn);
      if (channel.size() < end + TORN_SAYS) {
        write(channel, end + torn.length, new byte[TORN_SAYS]);
      }
      channel.force(true);
      return end;
    }
  }

  /** Copies a folder with all that is in it; what is at the target is added to. */
  static void copy(Path from, Path to) throws IOException {
    try (var all = Files.walk(from)) {
      for (Path file : all.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
  }

  private static int read(FileChannel channel, long at) throws IOException {
    ByteBuffer one = ByteBuffer.allocate(1);
    return channel.read(one, at) == 1 ? Byte.toUnsignedInt(one.get(0)) : 0;
  }

  private static void write(FileChannel channel, long at, byte[] bytes) throws IOException {
    ByteBuffer left = ByteBuffer.wrap(bytes);
    while (left.hasRemaining()) {
      channel.write(left, at + left.position());
    }
  }
}
