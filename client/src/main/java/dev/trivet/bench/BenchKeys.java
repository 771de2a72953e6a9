package dev.trivet.bench;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;

/** Keys of the load generators, all under {@code bench/}. */
final class BenchKeys {
  private static final byte[] ZERO = "bench/0000000000".getBytes(StandardCharsets.US_ASCII);

  private BenchKeys() {}

  /** The key of a number, 0 and above; in the order of the numbers. */
  static ByteString numbered(int number) {
    byte[] key = ZERO.clone();
    // By hand: a formatter here would cost as much as sending the request.
    for (int at = key.length - 1, left = number; left > 0; at--, left /= 10) {
      key[at] += (byte) (left % 10);
    }
    return ByteString.copyFrom(key);
  }
}
