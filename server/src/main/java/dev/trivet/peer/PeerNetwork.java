package dev.trivet.peer;

import io.grpc.Channel;
import java.util.List;

/** Channels to the other members. A second implementation is the simulated network of the tests. */
public interface PeerNetwork {
  /** This node. */
  Member self();

  /** All other members of the configuration in force, learners included. */
  List<Member> others();

  /**
   * A channel to another member, with the handshake's metadata and keepalive; calls on it still
   * need a deadline.
   */
  Channel channel(Member member);
}
