package dev.trivet.state.keys;

import com.google.protobuf.ByteString;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A half-open range of keys as etcd's requests name it: an empty end means the one key, the end
 * {@code 00} means all from the key on.
 */
final class KeyRange {
  private final byte[] from;
  private final byte @Nullable [] to;
  private final boolean isSingle;

  private KeyRange(byte[] from, byte @Nullable [] to, boolean isSingle) {
    this.from = from;
    this.to = to;
    this.isSingle = isSingle;
  }

  static KeyRange of(ByteString key, ByteString end) {
    byte[] from = key.toByteArray();
    if (end.isEmpty()) {
      return new KeyRange(from, Arrays.copyOf(from, from.length + 1), true);
    }
    boolean isOpen = end.size() == 1 && end.byteAt(0) == 0;
    return new KeyRange(from, isOpen ? null : end.toByteArray(), false);
  }

  byte[] from() {
    return from;
  }

  /** Exclusive; null: no end. */
  byte @Nullable [] to() {
    return to;
  }

  boolean isSingle() {
    return isSingle;
  }

  boolean isEmpty() {
    return to != null && Arrays.compareUnsigned(from, to) >= 0;
  }

  boolean contains(byte[] key) {
    return Arrays.compareUnsigned(from, key) <= 0
        && (to == null || Arrays.compareUnsigned(key, to) < 0);
  }
}
