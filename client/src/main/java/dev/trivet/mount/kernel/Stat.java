package dev.trivet.mount.kernel;

import java.nio.ByteBuffer;

/**
 * What {@code stat} shows of a file, as the protocol carries it ({@code fuse_attr}, 88 bytes).
 *
 * @param inode never 0
 * @param blocks of 512 bytes
 * @param accessNanos since the epoch, as are the other times
 * @param mode type and permission bits
 * @param device of a device node, as the protocol packs it
 */
public record Stat(
    long inode,
    long sizeBytes,
    long blocks,
    long accessNanos,
    long modifyNanos,
    long changeNanos,
    int mode,
    int links,
    int uid,
    int gid,
    int device) {
  /** What is best read and written at once. */
  private static final int BLOCK_BYTES = 4096;

  private static final long NANOS = 1_000_000_000L;

  void put(ByteBuffer out) {
    out.putLong(inode)
        .putLong(sizeBytes)
        .putLong(blocks)
        .putLong(Math.floorDiv(accessNanos, NANOS))
        .putLong(Math.floorDiv(modifyNanos, NANOS))
        .putLong(Math.floorDiv(changeNanos, NANOS))
        .putInt((int) Math.floorMod(accessNanos, NANOS))
        .putInt((int) Math.floorMod(modifyNanos, NANOS))
        .putInt((int) Math.floorMod(changeNanos, NANOS))
        .putInt(mode)
        .putInt(links)
        .putInt(uid)
        .putInt(gid)
        .putInt(device)
        .putInt(BLOCK_BYTES)
        .putInt(0);
  }
}
