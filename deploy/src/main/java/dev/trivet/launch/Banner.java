package dev.trivet.launch;

import dev.trivet.node.Node;
import dev.trivet.node.NodeOptions;
import java.io.PrintStream;

/** What a node says of itself once it serves, for people: where it is, and what to do next. */
final class Banner {
  /** An election takes less; without a majority there is none. */
  private static final long PATIENCE_MILLIS = 5_000;

  private static final long LOOK_MILLIS = 50;

  private Banner() {}

  /** Prints when the node's role is known, or is not known soon; does not wait for it here. */
  static void print(Node node, NodeOptions options, PrintStream err) {
    Thread.ofVirtual()
        .name("banner")
        .start(
            () -> {
              long end = System.nanoTime() + PATIENCE_MILLIS * 1_000_000;
              String role = node.role();
              while (role.isEmpty() && System.nanoTime() < end) {
                try {
                  Thread.sleep(LOOK_MILLIS);
                } catch (InterruptedException _) {
                  return;
                }
                role = node.role();
              }
              err.print(text(options, role.isEmpty() ? "no leader is known yet" : role));
            });
  }

  static String text(NodeOptions options, String role) {
    String client = options.addresses().client();
    return """
        trivet node %s serves
          clients  %s   (metrics at http://%s/metrics)
          nodes    raft %s, peer %s
          data     %s
          role     %s
          next     trivet cluster status --endpoints %s
        """
        .formatted(
            options.name(),
            client,
            client,
            options.addresses().raft(),
            options.addresses().peer(),
            options.data().toAbsolutePath().normalize(),
            role,
            client);
  }
}
