package dev.trivet.extents;

import dev.trivet.proto.peer.ExtentEnd;
import dev.trivet.proto.peer.ExtentFrame;
import dev.trivet.proto.peer.ExtentHeader;

/**
 * One disk that an upload goes to: this node's, or another's. Failures are {@link
 * dev.trivet.errors.TrivetException}s. Belongs to one thread, but for {@link #cancel}.
 */
interface Destination {
  /** For people: which node. */
  String name();

  void begin(ExtentHeader header);

  /** Takes a frame; blocks while the disk is behind, and fails when it hangs. */
  void write(ExtentFrame frame);

  /** Returns when the extent is fsynced there. */
  void finish(ExtentEnd end);

  /**
   * Gives up what is not complete, called by the owner last. Does nothing after {@link #finish}.
   */
  void abandon();

  /** Makes the call that runs in the owner's thread fail soon. May be called from any thread. */
  void cancel();
}
