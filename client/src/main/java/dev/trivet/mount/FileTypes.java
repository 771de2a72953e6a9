package dev.trivet.mount;

import dev.trivet.mount.kernel.Stat;
import dev.trivet.proto.files.Attributes;

/** Types of files in {@code st_mode}, and how attributes look to the kernel. */
final class FileTypes {
  static final int TYPE_BITS = 0170000;
  static final int DIRECTORY = 0040000;
  static final int SYMBOLIC_LINK = 0120000;
  static final int REGULAR = 0100000;
  static final int PERMISSION_BITS = 07777;

  private static final int BLOCK_BYTES = 512;

  private FileTypes() {}

  static Stat stat(Attributes attributes) {
    return new Stat(
        attributes.getInode(),
        attributes.getSizeBytes(),
        (attributes.getStoredBytes() + BLOCK_BYTES - 1) / BLOCK_BYTES,
        attributes.getAccessTimeNanos(),
        attributes.getModifyTimeNanos(),
        attributes.getChangeTimeNanos(),
        attributes.getMode(),
        attributes.getLinks(),
        attributes.getUid(),
        attributes.getGid(),
        attributes.getDevice());
  }
}
