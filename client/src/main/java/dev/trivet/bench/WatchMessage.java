package dev.trivet.bench;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A WatchResponse, read by hand: with a thousand watchers, messages of the library would be most of
 * what the client does. One object reads one message after the other.
 */
final class WatchMessage {
  private long watchId;
  private boolean isCreated;
  private boolean isCanceled;
  private int[] valueEnds = new int[16];
  private int events;

  /** Reads the message; positions count from the buffer's begin. */
  void read(ByteBuffer bytes) {
    watchId = 0;
    isCreated = false;
    isCanceled = false;
    events = 0;
    try {
      CodedInputStream in = CodedInputStream.newInstance(bytes);
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        switch (tag >>> 3) {
          case 2 -> watchId = in.readInt64();
          case 3 -> isCreated = in.readBool();
          case 4 -> isCanceled = in.readBool();
          case 11 -> event(in, bytes.position());
          default -> in.skipField(tag);
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException("a watcher's message cannot be read", e);
    }
  }

  private void event(CodedInputStream in, int begin) throws IOException {
    int limit = in.pushLimit(in.readRawVarint32());
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag >>> 3 == 2) {
        int inner = in.pushLimit(in.readRawVarint32());
        keyValue(in, begin);
        in.popLimit(inner);
      } else {
        in.skipField(tag);
      }
    }
    in.popLimit(limit);
  }

  private void keyValue(CodedInputStream in, int begin) throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      in.skipField(tag);
      if (tag >>> 3 == 5) {
        if (events == valueEnds.length) {
          valueEnds = Arrays.copyOf(valueEnds, 2 * events);
        }
        valueEnds[events++] = begin + in.getTotalBytesRead();
      }
    }
    if (events == 0) {
      throw new InvalidProtocolBufferException("an event without a value");
    }
  }

  long watchId() {
    return watchId;
  }

  boolean isCreated() {
    return isCreated;
  }

  boolean isCanceled() {
    return isCanceled;
  }

  /** How many events with values it has. */
  int events() {
    return events;
  }

  /** Where the value of an event ends in the buffer. */
  int valueEnd(int event) {
    return valueEnds[event];
  }
}
