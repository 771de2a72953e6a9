package dev.trivet.state.leases;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.trivet.proto.log.LeaseRecord;
import dev.trivet.store.Cursor;
import dev.trivet.store.Rows;
import dev.trivet.store.Table;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Rows of leases and of the keys that hang on them. */
final class LeaseRows {
  private LeaseRows() {}

  static byte[] rowKey(long id) {
    return ByteBuffer.allocate(8).putLong(id).array();
  }

  static @Nullable LeaseRecord find(Rows rows, long id) {
    byte[] row = rows.get(Table.LEASE, rowKey(id));
    return row == null ? null : parse(row);
  }

  static void each(Rows rows, Consumer<LeaseRecord> receiver) {
    try (Cursor cursor = rows.scan(Table.LEASE, new byte[0], null)) {
      while (cursor.next()) {
        receiver.accept(parse(cursor.value()));
      }
    }
  }

  /** Keys on a lease, in key order. */
  static List<byte[]> keysOf(Rows rows, long id) {
    List<byte[]> keys = new ArrayList<>();
    byte[] prefix = rowKey(id);
    try (Cursor cursor = rows.scan(Table.LEASE_KEY, prefix, id == -1 ? null : rowKey(id + 1))) {
      while (cursor.next()) {
        byte[] row = cursor.key();
        keys.add(Arrays.copyOfRange(row, prefix.length, row.length));
      }
    }
    return keys;
  }

  /** The smallest or the largest key on a lease; null when there is none. */
  static byte @Nullable [] edgeOf(Rows rows, long id, boolean isLast) {
    byte[] from = rowKey(id);
    byte[] to = id == -1 ? null : rowKey(id + 1);
    try (Cursor cursor =
        isLast
            ? rows.scanBackward(Table.LEASE_KEY, from, to)
            : rows.scan(Table.LEASE_KEY, from, to)) {
      if (!cursor.next()) {
        return null;
      }
      byte[] row = cursor.key();
      return Arrays.copyOfRange(row, from.length, row.length);
    }
  }

  private static LeaseRecord parse(byte[] row) {
    try {
      return LeaseRecord.parseFrom(row);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a lease's row cannot be read", e);
    }
  }
}
