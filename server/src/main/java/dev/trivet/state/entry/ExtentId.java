package dev.trivet.state.entry;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/** Name of an extent: 128 random bits, never used twice. */
public record ExtentId(long high, long low) implements Comparable<ExtentId> {
  public static final int BYTES = 16;

  public static ExtentId of(ByteString bytes) {
    if (bytes.size() != BYTES) {
      throw new IllegalArgumentException(
          "an extent id has " + BYTES + " bytes, got " + bytes.size());
    }
    ByteBuffer buffer = bytes.asReadOnlyByteBuffer();
    return new ExtentId(buffer.getLong(), buffer.getLong());
  }

  public static ExtentId of(byte[] bytes) {
    return of(ByteString.copyFrom(bytes));
  }

  /** From 32 hexadecimal digits. */
  public static ExtentId parse(String hex) {
    return of(HexFormat.of().parseHex(hex));
  }

  public byte[] toBytes() {
    return ByteBuffer.allocate(BYTES).putLong(high).putLong(low).array();
  }

  public ByteString toByteString() {
    return ByteString.copyFrom(toBytes());
  }

  @Override
  public int compareTo(ExtentId other) {
    int first = Long.compareUnsigned(high, other.high);
    return first != 0 ? first : Long.compareUnsigned(low, other.low);
  }

  /** 32 hexadecimal digits. */
  @Override
  public String toString() {
    return HexFormat.of().toHexDigits(high) + HexFormat.of().toHexDigits(low);
  }
}
