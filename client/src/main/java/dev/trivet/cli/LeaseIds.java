package dev.trivet.cli;

import dev.trivet.errors.ErrorCode;

/** Lease ids as people write them: hexadecimal, as etcdctl does. */
final class LeaseIds {
  private static final int RADIX = 16;

  private LeaseIds() {}

  static long parse(String text) {
    try {
      return Long.parseUnsignedLong(text, RADIX);
    } catch (NumberFormatException e) {
      throw ErrorCode.INVALID_ARGUMENT.exception(
          "'" + text + "' is no lease id: up to 16 hexadecimal digits are needed", e);
    }
  }

  static String text(long id) {
    return Long.toHexString(id);
  }
}
