package dev.trivet.extents;

import com.google.protobuf.ByteString;
import dev.trivet.state.entry.ExtentId;
import java.util.Random;

/** Bytes and ids for tests. */
final class Bytes {
  private Bytes() {}

  static ExtentId id(Random random) {
    return new ExtentId(random.nextLong(), random.nextLong());
  }

  static byte[] random(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  static long crc64(byte[] bytes) {
    Crc64Nvme crc = new Crc64Nvme();
    crc.update(bytes, 0, bytes.length);
    return crc.value();
  }

  /** A complete extent on one node, as an upload would leave it. */
  static void store(LocalExtents local, ExtentId id, byte[] payload) {
    store(local, id, payload, 1);
  }

  static void store(LocalExtents local, ExtentId id, byte[] payload, long beganMillis) {
    try (ExtentWriter writer = local.receive(id, beganMillis)) {
      for (int at = 0; at < payload.length; at += Frames.MAX_BYTES) {
        int length = Math.min(Frames.MAX_BYTES, payload.length - at);
        writer.append(ByteString.copyFrom(payload, at, length));
      }
      writer.complete(payload.length, crc64(payload));
    }
  }

  static byte[] read(LocalExtents local, ExtentId id, long offset, long length) {
    return local.read(
        id,
        reader -> {
          Collected collected = new Collected();
          reader.read(offset, length, collected);
          return collected.bytes();
        });
  }

  /** What a sink was given. */
  static final class Collected implements ExtentStorage.Sink {
    private ByteString all = ByteString.EMPTY;

    @Override
    public void accept(ByteString bytes) {
      all = all.concat(bytes);
    }

    byte[] bytes() {
      return all.toByteArray();
    }
  }
}
