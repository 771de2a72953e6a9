package dev.trivet.extents;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.peer.ExtentEnd;
import dev.trivet.proto.peer.ExtentFrame;
import dev.trivet.proto.peer.ExtentHeader;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The way of one upload to one destination: a queue, and the virtual thread that empties it. All
 * fields that change belong to the lock of {@link Lanes}.
 */
final class Lane {
  enum State {
    /** Takes frames, or works its last ones off. */
    OPEN,
    /** The extent is fsynced there. */
    STORED,
    /** Broken, too slow, or given up. */
    DROPPED
  }

  final Destination destination;
  final Queue<ExtentFrame> waiting = new ArrayDeque<>();
  State state = State.OPEN;

  /** Why it was dropped. */
  @Nullable TrivetException failure;

  /** The destination works on something, and did not wait for more. */
  boolean isWorking = true;

  /** When the destination last got something done or something to do, by the nano clock. */
  long movedNanos;

  /** Goes on after the upload is finished, and holds a permit for it. */
  boolean isStraggler;

  private final Lanes lanes;

  Lane(Lanes lanes, Destination destination, long nowNanos) {
    this.lanes = lanes;
    this.destination = destination;
    this.movedNanos = nowNanos;
  }

  void start(ExtentHeader header) {
    Thread.ofVirtual().name("extent-to-" + destination.name()).start(() -> run(header));
  }

  private void run(ExtentHeader header) {
    try {
      destination.begin(header);
      ExtentFrame frame = lanes.take(this);
      while (frame != null) {
        destination.write(frame);
        frame = lanes.take(this);
      }
      ExtentEnd end = lanes.end(this);
      if (end != null) {
        destination.finish(end);
        lanes.stored(this);
      }
    } catch (TrivetException e) {
      lanes.failed(this, e);
    } catch (RuntimeException e) {
      // The thread's edge; a call that was cancelled throws something of gRPC's own.
      lanes.failed(this, ErrorCode.INTERNAL.exception(String.valueOf(e), e));
    } finally {
      destination.abandon();
      lanes.ended(this);
    }
  }
}
