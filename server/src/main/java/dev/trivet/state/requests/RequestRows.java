package dev.trivet.state.requests;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Row keys of the table of requests: a letter, then for 'c' the client (the value is when it is
 * forgotten), for 'd' that time and the client, for 'r' the client and a lane.
 */
final class RequestRows {
  private static final int DUE_BYTES = 1 + 8;

  private RequestRows() {}

  static byte[] client(byte[] client) {
    return ByteBuffer.allocate(1 + client.length).put((byte) 'c').put(client).array();
  }

  static byte[] due(long millis, byte[] client) {
    return ByteBuffer.allocate(DUE_BYTES + client.length)
        .put((byte) 'd')
        .putLong(millis)
        .put(client)
        .array();
  }

  /** Where the rows of what is due begin, and where they end. */
  static byte[] firstDue() {
    return new byte[] {'d'};
  }

  static byte[] behindDue() {
    return new byte[] {'d' + 1};
  }

  static long millisOf(byte[] due) {
    return ByteBuffer.wrap(due).getLong(1);
  }

  static byte[] clientOf(byte[] due) {
    return Arrays.copyOfRange(due, DUE_BYTES, due.length);
  }

  static byte[] lane(byte[] client, int lane) {
    return ByteBuffer.allocate(1 + client.length + 4)
        .put((byte) 'r')
        .put(client)
        .putInt(lane)
        .array();
  }
}
