package dev.trivet.client;

import com.google.protobuf.ByteString;
import dev.trivet.proto.log.RequestId;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Numbers this client's writes, so that nodes apply each once however often it is sent.
 *
 * <p>Invariant: on each lane at most one request is under way, and its sequence is the highest that
 * the lane has seen. Few lanes are used when little is done at once. Any thread.
 */
final class RequestNumbers {
  /** As many as nodes keep for a client; a write for which no lane is free goes unnumbered. */
  static final int LANES = 1_024;

  private static final int CLIENT_BYTES = 16;

  private final SecureRandom random = new SecureRandom();
  private final Deque<Integer> free = new ArrayDeque<>();
  private final long[] sequences = new long[LANES];
  private ByteString client = name();
  private boolean isKnown;
  private int lanes;

  /** A number for one request, to be released; null when too many are under way. */
  synchronized @Nullable RequestId take() {
    Integer lane = free.poll();
    if (lane == null) {
      if (lanes == LANES) {
        return null;
      }
      lane = lanes++;
    }
    return RequestId.newBuilder()
        .setClient(client)
        .setLane(lane)
        .setSequence(++sequences[lane])
        .setIsClientKnown(isKnown)
        .build();
  }

  /** Nobody will send this request again. */
  synchronized void release(RequestId id) {
    free.push(id.getLane());
  }

  /** A node applied a request of this client, so all nodes know it from now on. */
  synchronized void answered(RequestId id) {
    if (client.equals(id.getClient())) {
      isKnown = true;
    }
  }

  /** Nodes know the client of this request no more: from here on it is another one. */
  synchronized void forgotten(RequestId id) {
    if (client.equals(id.getClient())) {
      client = name();
      isKnown = false;
    }
  }

  private ByteString name() {
    byte[] bytes = new byte[CLIENT_BYTES];
    random.nextBytes(bytes);
    return ByteString.copyFrom(bytes);
  }
}
