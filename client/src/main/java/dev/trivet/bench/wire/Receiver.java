package dev.trivet.bench.wire;

import java.nio.ByteBuffer;

/** Who hears of a call. Called on the client's thread: must not block. */
public interface Receiver {
  /** One message of the answer; the buffer is good until this returns. */
  void message(ByteBuffer message);

  /**
   * The call is over.
   *
   * @param failure empty if it succeeded, else gRPC's code and text, or what broke
   */
  void ended(String failure);
}
