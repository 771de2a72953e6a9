package dev.trivet.state.volumes;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import dev.trivet.store.Rows;
import dev.trivet.store.Table;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * How volumes are laid out as rows. All numbers are eight bytes, big-endian, so that the rows of
 * one volume, directory or file lie together and in order.
 */
final class VolumeRows {
  private VolumeRows() {}

  static byte[] number(long number) {
    return ByteBuffer.allocate(8).putLong(number).array();
  }

  static long number(byte[] row) {
    return ByteBuffer.wrap(row).getLong();
  }

  static byte[] name(String volume) {
    return volume.getBytes(UTF_8);
  }

  /**
   * Row of the tables of inodes and orphans; also the beginning of a directory's or file's rows.
   */
  static byte[] pair(long volume, long number) {
    return ByteBuffer.allocate(16).putLong(volume).putLong(number).array();
  }

  /** The second number of a row that begins with two. */
  static long second(byte[] row) {
    return ByteBuffer.wrap(row).getLong(8);
  }

  static byte[] entry(long volume, long directory, ByteString name) {
    ByteBuffer row = ByteBuffer.allocate(16 + name.size()).putLong(volume).putLong(directory);
    name.copyTo(row);
    return row.array();
  }

  static ByteString nameIn(byte[] entryRow) {
    return ByteString.copyFrom(entryRow, 16, entryRow.length - 16);
  }

  static byte[] slice(long volume, long content, long offset) {
    return ByteBuffer.allocate(24).putLong(volume).putLong(content).putLong(offset).array();
  }

  static <M extends Message> @Nullable M find(
      Rows rows, Table table, byte[] key, Parser<M> parser) {
    byte[] row = rows.get(table, key);
    return row == null ? null : parse(table, row, parser);
  }

  static <M extends Message> M parse(Table table, byte[] row, Parser<M> parser) {
    try {
      return parser.parseFrom(row);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a row of table " + table + " cannot be read", e);
    }
  }
}
