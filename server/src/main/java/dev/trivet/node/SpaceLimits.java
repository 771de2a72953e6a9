package dev.trivet.node;

/**
 * When a node has no space.
 *
 * @param quotaBytes what the store's live rows may take; 0 for no quota
 * @param reserveBytes what the disk must have left, so that deleting and compacting can still work
 */
public record SpaceLimits(long quotaBytes, long reserveBytes) {
  /** No quota: the disk is the limit, unlike etcd's, whose 2 GiB protect its memory. */
  public static final SpaceLimits DEFAULT = new SpaceLimits(0, 256L << 20);

  /** An alarm that is raised ends with a tenth of room, or it would come and go. */
  private static final int ROOM_PARTS = 10;

  public SpaceLimits {
    if (quotaBytes < 0 || reserveBytes < 0) {
      throw new IllegalArgumentException(
          "quota %d and reserve %d: neither may be below 0".formatted(quotaBytes, reserveBytes));
    }
  }

  boolean isExceeded(long liveBytes, long usableBytes) {
    return (quotaBytes > 0 && liveBytes > quotaBytes) || usableBytes < reserveBytes;
  }

  boolean hasRoom(long liveBytes, long usableBytes) {
    return (quotaBytes == 0 || liveBytes < quotaBytes - quotaBytes / ROOM_PARTS)
        && usableBytes >= reserveBytes + reserveBytes / ROOM_PARTS;
  }
}
