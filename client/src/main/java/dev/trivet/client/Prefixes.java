package dev.trivet.client;

import com.google.protobuf.ByteString;

/** Prefixes as etcd's half-open ranges. */
public final class Prefixes {
  private static final ByteString ZERO = ByteString.copyFrom(new byte[] {0});

  private Prefixes() {}

  /** The key to begin with: the prefix, or for the empty one a single zero byte. */
  public static ByteString first(ByteString prefix) {
    return prefix.isEmpty() ? ZERO : prefix;
  }

  /** The first key after all that begin with the prefix; a zero byte means "no end". */
  public static ByteString end(ByteString prefix) {
    int length = prefix.size();
    while (length > 0 && prefix.byteAt(length - 1) == (byte) 0xff) {
      length--;
    }
    if (length == 0) {
      return ZERO;
    }
    byte[] end = prefix.substring(0, length).toByteArray();
    end[length - 1]++;
    return ByteString.copyFrom(end);
  }
}
