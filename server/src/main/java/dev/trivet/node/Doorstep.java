package dev.trivet.node;

import dev.trivet.api.edge.ClosedDoor;
import dev.trivet.api.port.ClientPort;
import dev.trivet.api.port.HttpReply;
import dev.trivet.node.founding.Founding;
import dev.trivet.node.founding.FoundingReplies;
import dev.trivet.node.founding.Identity;
import dev.trivet.peer.PeerServer;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * A node that belongs to no cluster yet: strangers can ask who it is, and an orchestrator that it
 * lives and why it does not serve.
 */
final class Doorstep {
  private Doorstep() {}

  /** Blocks until the node belongs to a cluster; both ports are free again then. */
  static Identity wait(NodeOptions options, Founding founding)
      throws IOException, InterruptedException {
    FoundingReplies replies = new FoundingReplies(founding::identity, List::of, List::of, _ -> {});
    ClientPort port =
        new ClientPort(
            options.bind(options.addresses().client()),
            options.tls().client(),
            new ClosedDoor(founding::waitsFor),
            Map.of(
                "/livez", _ -> HttpReply.text(200, "ok\n"),
                "/readyz", _ -> HttpReply.text(503, founding.waitsFor() + "\n")));
    try (Closing closing = new Closing()) {
      closing.add(
          PeerServer.start(
              options.bind(options.addresses().peer()),
              options.trust(),
              "",
              founding.identity().self(),
              List.of(),
              List.of(replies)));
      closing.add(port).start();
      return founding.await();
    }
  }
}
