package dev.trivet.mount.kernel;

import java.nio.ByteBuffer;

/** Puts the protocol's answers into {@link Request#reply()}; each method appends one. */
public final class Answers {
  /** Keep what the page cache has of the file from earlier. */
  public static final int FOPEN_KEEP_CACHE = 2;

  private static final int ENTRY_BYTES = 128;
  private static final int NAME_HEADER_BYTES = 24;
  private static final int NAME_ALIGNMENT = 8;
  private static final int TYPE_SHIFT = 12;

  private Answers() {}

  /** {@code fuse_entry_out}: a name leads to this file, and both may be cached so long. */
  public static void entry(ByteBuffer out, Stat stat, int cacheSeconds) {
    out.putLong(stat.inode())
        .putLong(0) // Generation: inode numbers are never used again.
        .putLong(cacheSeconds)
        .putLong(cacheSeconds)
        .putInt(0)
        .putInt(0);
    stat.put(out);
  }

  /** {@code fuse_entry_out} of inode 0: there is no such name, which may be cached so long. */
  public static void noEntry(ByteBuffer out, int cacheSeconds) {
    int end = out.position() + ENTRY_BYTES;
    out.putLong(0).putLong(0).putLong(cacheSeconds).putLong(0).putInt(0).putInt(0);
    putZeros(out, end - out.position());
  }

  /** {@code fuse_attr_out}. */
  public static void attributes(ByteBuffer out, Stat stat, int cacheSeconds) {
    out.putLong(cacheSeconds).putInt(0).putInt(0);
    stat.put(out);
  }

  /** {@code fuse_open_out}; the handle comes back with every request on the open file. */
  public static void opened(ByteBuffer out, long handle, int flags) {
    out.putLong(handle).putInt(flags).putInt(0);
  }

  /** {@code fuse_write_out}. */
  public static void written(ByteBuffer out, int bytes) {
    out.putInt(bytes).putInt(0);
  }

  /** {@code fuse_statfs_out}: sizes in blocks. */
  public static void space(ByteBuffer out, long blocks, long freeBlocks, long files, int block) {
    out.putLong(blocks)
        .putLong(freeBlocks)
        .putLong(freeBlocks)
        .putLong(files)
        .putLong(Integer.MAX_VALUE)
        .putInt(block)
        .putInt(255) // Longest name.
        .putInt(block);
    putZeros(out, 7 * Integer.BYTES);
  }

  /**
   * {@code fuse_dirent}: one name of a directory.
   *
   * @param next where to go on behind this entry
   */
  public static void name(ByteBuffer out, long inode, int mode, byte[] name, long next) {
    int end = out.position() + nameBytes(name.length, false);
    out.putLong(inode)
        .putLong(next)
        .putInt(name.length)
        .putInt((mode & 0170000) >> TYPE_SHIFT)
        .put(name);
    putZeros(out, end - out.position());
  }

  /** Bytes that {@link #name} takes for a name, and {@link #entry} before it if asked for. */
  public static int nameBytes(int nameLength, boolean withEntry) {
    int length = NAME_HEADER_BYTES + nameLength;
    return (withEntry ? ENTRY_BYTES : 0) + length + (-length & (NAME_ALIGNMENT - 1));
  }

  private static void putZeros(ByteBuffer out, int count) {
    for (int i = 0; i < count; i++) {
      out.put((byte) 0);
    }
  }
}
