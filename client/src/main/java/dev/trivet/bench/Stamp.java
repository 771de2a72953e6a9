package dev.trivet.bench;

import java.nio.ByteBuffer;

/** What the end of a value says: which put it was, and when it was sent by this machine's clock. */
final class Stamp {
  static final int BYTES = 16;

  private Stamp() {}

  static void write(byte[] value, long number, long nanos) {
    ByteBuffer.wrap(value, value.length - BYTES, BYTES).putLong(number).putLong(nanos);
  }

  /** The stamp of a value that ends here. */
  static long number(ByteBuffer bytes, int end) {
    return bytes.getLong(end - BYTES);
  }

  static long nanos(ByteBuffer bytes, int end) {
    return bytes.getLong(end - 8);
  }
}
