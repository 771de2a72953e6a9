package dev.trivet.state.volumes;

import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.files.Attributes;

/** Type and permission bits of st_mode, as Linux has them (inode(7)). */
final class Modes {
  static final int TYPE_BITS = 0170000;
  static final int SOCKET = 0140000;
  static final int SYMBOLIC_LINK = 0120000;
  static final int REGULAR = 0100000;
  static final int BLOCK_DEVICE = 0060000;
  static final int DIRECTORY = 0040000;
  static final int CHARACTER_DEVICE = 0020000;
  static final int FIFO = 0010000;
  static final int SET_GROUP_ID = 02000;
  static final int PERMISSION_BITS = 07777;

  private Modes() {}

  static int type(Attributes attributes) {
    return attributes.getMode() & TYPE_BITS;
  }

  static boolean isDirectory(Attributes attributes) {
    return type(attributes) == DIRECTORY;
  }

  /** Refuses all that has no bytes. */
  static void requireRegular(Attributes attributes) {
    if (isDirectory(attributes)) {
      throw ErrorCode.IS_A_DIRECTORY.exception();
    }
    if (type(attributes) != REGULAR) {
      throw ErrorCode.INVALID_ARGUMENT.exception(
          "inode "
              + attributes.getInode()
              + " is no regular file: its mode is 0"
              + Integer.toOctalString(attributes.getMode()));
    }
  }
}
