package dev.trivet.cli;

import com.google.protobuf.ByteString;
import dev.trivet.client.Prefixes;
import dev.trivet.errors.ErrorCode;

/** What keys a command means. */
record KeyOptions(ByteString first, ByteString end) {
  /**
   * @param rangeEnd empty: none
   */
  static KeyOptions of(String key, String rangeEnd, boolean isPrefix, boolean isFromKey) {
    int ways = (rangeEnd.isEmpty() ? 0 : 1) + (isPrefix ? 1 : 0) + (isFromKey ? 1 : 0);
    if (ways > 1) {
      throw ErrorCode.INVALID_ARGUMENT.exception(
          "give one of RANGE_END, --prefix and --from-key, got " + ways);
    }
    ByteString first = ByteString.copyFromUtf8(key);
    if (isPrefix) {
      return new KeyOptions(Prefixes.first(first), Prefixes.end(first));
    }
    if (isFromKey) {
      return new KeyOptions(Prefixes.first(first), ByteString.copyFrom(new byte[1]));
    }
    return new KeyOptions(first, ByteString.copyFromUtf8(rangeEnd));
  }

  boolean isOneKey() {
    return end.isEmpty();
  }
}
