package dev.trivet.state.volumes;

import com.google.protobuf.ByteString;
import dev.trivet.errors.ErrorCode;

/** What the name of a directory entry and of a volume must look like. */
final class Names {
  private static final int MAX_BYTES = 255;
  private static final ByteString SELF = ByteString.copyFromUtf8(".");
  private static final ByteString PARENT = ByteString.copyFromUtf8("..");

  private Names() {}

  /** Refuses what cannot be the name of a directory entry. */
  static void require(ByteString name) {
    if (name.size() > MAX_BYTES) {
      throw ErrorCode.NAME_TOO_LONG.exception(
          "a name has at most " + MAX_BYTES + " bytes, got " + name.size());
    }
    if (name.isEmpty() || name.equals(SELF) || name.equals(PARENT)) {
      throw ErrorCode.INVALID_ARGUMENT.exception(
          "'" + name.toStringUtf8() + "' cannot be the name of a file");
    }
    for (int i = 0; i < name.size(); i++) {
      if (name.byteAt(i) == 0 || name.byteAt(i) == '/') {
        throw ErrorCode.INVALID_ARGUMENT.exception("a name has neither a zero byte nor a slash");
      }
    }
  }

  /** The rule that Docker has for its volumes. */
  static boolean isVolumeName(String name) {
    return name.matches("[a-zA-Z0-9][a-zA-Z0-9_.-]{0,254}");
  }
}
