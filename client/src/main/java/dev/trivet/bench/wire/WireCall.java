package dev.trivet.bench.wire;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** One call on a connection. Owned by the client's thread. */
public final class WireCall {
  private static final int PREFIX_BYTES = 5;
  private static final int LARGEST_MESSAGE_BYTES = 64 << 20;

  final int stream;
  final Receiver receiver;

  /** What this stream may still send, in bytes. */
  int sendWindow;

  /** What came and was not yet given back to the sender, in bytes. */
  int taken;

  private final WireConnection connection;

  /** The begin of a message whose rest has not come. */
  private @Nullable ByteBuf partial;

  WireCall(WireConnection connection, int stream, Receiver receiver, int sendWindow) {
    this.connection = connection;
    this.stream = stream;
    this.receiver = receiver;
    this.sendWindow = sendWindow;
  }

  /** Sends one more message of a call that was opened as a stream. */
  public void send(byte[] message) {
    connection.sendMessage(this, message, false);
  }

  /** Gives whole messages to the receiver and keeps the rest. */
  void accept(ByteBuf data) {
    ByteBuf all = data;
    if (partial != null) {
      all = partial.writeBytes(data);
    }
    while (all.readableBytes() >= PREFIX_BYTES) {
      int length = all.getInt(all.readerIndex() + 1);
      if (length < 0 || length > LARGEST_MESSAGE_BYTES) {
        throw new IllegalStateException("a message of " + length + " bytes");
      }
      if (all.readableBytes() < PREFIX_BYTES + length) {
        break;
      }
      ByteBuffer message = all.nioBuffer(all.readerIndex() + PREFIX_BYTES, length);
      all.skipBytes(PREFIX_BYTES + length);
      receiver.message(message);
    }
    if (all.isReadable()) {
      ByteBuf rest = partial == null ? data.alloc().buffer(all.readableBytes()) : partial;
      if (partial == null) {
        partial = rest.writeBytes(all);
      } else {
        partial.discardSomeReadBytes();
      }
    } else {
      release();
    }
  }

  void release() {
    if (partial != null) {
      partial.release();
      partial = null;
    }
  }
}
