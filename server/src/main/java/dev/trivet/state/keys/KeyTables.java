package dev.trivet.state.keys;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Row keys of the history and of the list of revisions.
 *
 * <p>History sorts by key, then revision. So that a key which is a prefix of another sorts before
 * it whatever the bytes are, a zero byte is written as {@code 00 ff} and the key ends in {@code 00
 * 01}.
 */
final class KeyTables {
  private KeyTables() {}

  /** Where a key's history begins; all rows of smaller keys sort before it. */
  static byte[] historyOf(byte[] key) {
    ByteArrayOutputStream escaped = new ByteArrayOutputStream(key.length + 10);
    for (byte b : key) {
      escaped.write(b);
      if (b == 0) {
        escaped.write(0xff);
      }
    }
    escaped.write(0);
    escaped.write(1);
    return escaped.toByteArray();
  }

  static byte[] historyRow(byte[] key, long revision) {
    byte[] prefix = historyOf(key);
    return ByteBuffer.allocate(prefix.length + 8).put(prefix).putLong(revision).array();
  }

  /** The key in a row of the history. */
  static byte[] keyOf(byte[] historyRow) {
    ByteArrayOutputStream key = new ByteArrayOutputStream(historyRow.length);
    for (int at = 0; at < historyRow.length - 10; at++) {
      key.write(historyRow[at]);
      if (historyRow[at] == 0) {
        at++;
      }
    }
    return key.toByteArray();
  }

  static long revisionOf(byte[] historyRow) {
    return ByteBuffer.wrap(historyRow).getLong(historyRow.length - 8);
  }

  static boolean isSameKey(byte[] historyRow, byte[] otherRow) {
    return Arrays.equals(historyRow, 0, historyRow.length - 8, otherRow, 0, otherRow.length - 8);
  }

  static byte[] revisionRow(long revision, int sub) {
    return ByteBuffer.allocate(12).putLong(revision).putInt(sub).array();
  }

  /** Where the rows of a revision begin. */
  static byte[] revisionsFrom(long revision) {
    return ByteBuffer.allocate(8).putLong(revision).array();
  }

  static long revisionOfRevisionRow(byte[] row) {
    return ByteBuffer.wrap(row).getLong();
  }
}
