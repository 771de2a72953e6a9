package dev.trivet.node;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.node.founding.Founder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/**
 * Tries the ports before anything is started on them: Ratis would end the process when its port is
 * taken, with a stack trace and no word of which one. Another process may still come first in the
 * moment between; then it is as without this.
 */
final class PortCheck {
  private PortCheck() {}

  /**
   * Binds each of the node's ports and lets it go.
   *
   * @throws TrivetException PORT_UNUSABLE when one cannot be bound
   */
  static void requireFree(NodeOptions options) {
    Founder.Addresses addresses = options.addresses();
    requireFree("raft", options.bind(addresses.raft()));
    requireFree("peer", options.bind(addresses.peer()));
    requireFree("client", options.bind(addresses.client()));
  }

  private static void requireFree(String which, InetSocketAddress address) {
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(address);
    } catch (IOException e) {
      throw unusable(which, address, String.valueOf(e.getMessage()), e);
    }
  }

  private static TrivetException unusable(
      String which, InetSocketAddress address, String reason, IOException cause) {
    return ErrorCode.PORT_UNUSABLE.exception(
        "the "
            + which
            + " port "
            + address.getHostString()
            + ":"
            + address.getPort()
            + " cannot be listened on: "
            + reason,
        cause);
  }
}
