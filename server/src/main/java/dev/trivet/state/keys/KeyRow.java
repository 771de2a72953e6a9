package dev.trivet.state.keys;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.trivet.proto.etcd.Event;
import dev.trivet.proto.etcd.KeyValue;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A version of a key as the tables of current values and of history hold it: format, kind, four
 * numbers, then the value.
 *
 * <p>A tombstone has only its revision.
 */
final class KeyRow {
  private static final byte FORMAT = 1;
  private static final byte PUT = 0;
  private static final byte TOMBSTONE = 1;
  private static final int HEAD_BYTES = 34;

  private final byte[] bytes;
  private final ByteBuffer fields;

  private KeyRow(byte[] bytes) {
    this.bytes = bytes;
    this.fields = ByteBuffer.wrap(bytes);
  }

  /** Reads a stored row. */
  static KeyRow of(byte[] bytes) {
    if (bytes.length < HEAD_BYTES || bytes[0] != FORMAT) {
      throw new IllegalStateException(
          "a key's row has format "
              + (bytes.length == 0 ? "none" : bytes[0])
              + ", expected "
              + FORMAT);
    }
    return new KeyRow(bytes);
  }

  static KeyRow put(long create, long mod, long version, long lease, ByteString value) {
    ByteBuffer buffer = ByteBuffer.allocate(HEAD_BYTES + value.size());
    buffer.put(FORMAT).put(PUT).putLong(create).putLong(mod).putLong(version).putLong(lease);
    value.copyTo(buffer);
    return new KeyRow(buffer.array());
  }

  static KeyRow tombstone(long mod) {
    ByteBuffer buffer = ByteBuffer.allocate(HEAD_BYTES);
    buffer.put(FORMAT).put(TOMBSTONE).putLong(0).putLong(mod).putLong(0).putLong(0);
    return new KeyRow(buffer.array());
  }

  byte[] bytes() {
    return bytes;
  }

  boolean isTombstone() {
    return bytes[1] == TOMBSTONE;
  }

  long create() {
    return fields.getLong(2);
  }

  long mod() {
    return fields.getLong(10);
  }

  long version() {
    return fields.getLong(18);
  }

  long lease() {
    return fields.getLong(26);
  }

  ByteString value() {
    return UnsafeByteOperations.unsafeWrap(bytes, HEAD_BYTES, bytes.length - HEAD_BYTES);
  }

  KeyValue toKeyValue(ByteString key, boolean isWithValue) {
    KeyValue.Builder message =
        KeyValue.newBuilder()
            .setKey(key)
            .setCreateRevision(create())
            .setModRevision(mod())
            .setVersion(version())
            .setLease(lease());
    if (isWithValue) {
      message.setValue(value());
    }
    return message.build();
  }

  /** The event that made this version; a previous version is told of unless it was a tombstone. */
  Event toEvent(ByteString key, @Nullable KeyRow before) {
    Event.Builder event = Event.newBuilder();
    if (isTombstone()) {
      event
          .setType(Event.EventType.DELETE)
          .setKv(KeyValue.newBuilder().setKey(key).setModRevision(mod()));
    } else {
      event.setKv(toKeyValue(key, true));
    }
    if (before != null && !before.isTombstone()) {
      event.setPrevKv(before.toKeyValue(key, true));
    }
    return event.build();
  }
}
