package dev.trivet.store;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * A 64-bit hash of one row. The state hash is the sum of all rows' hashes, so that it can follow
 * changes and does not depend on their order. It finds accidents, not adversaries.
 */
final class RowHash {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long K0 = 0xa0761d6478bd642fL;
  private static final long K1 = 0xe7037ed1a0b428dbL;

  private RowHash() {}

  static long of(Table table, byte[] key, byte[] value) {
    long h = mix(K0 ^ table.id(), K1 ^ key.length);
    h = over(h, key);
    return over(mix(h ^ value.length, K1), value);
  }

  private static long over(long seed, byte[] bytes) {
    long h = seed;
    int at = 0;
    for (; at + 8 <= bytes.length; at += 8) {
      h = mix(h ^ (long) LONG.get(bytes, at), K1);
    }
    long rest = 0;
    for (int i = at; i < bytes.length; i++) {
      rest = rest << 8 | (bytes[i] & 0xff);
    }
    return mix(h ^ rest, K0 ^ (bytes.length - at));
  }

  private static long mix(long a, long b) {
    long x = a ^ K0;
    long y = b | 1;
    return (x * y) ^ Math.unsignedMultiplyHigh(x, y) ^ Long.rotateLeft(x, 29);
  }
}
