package dev.trivet.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Loopback ports that nobody listens on. They lie below the range from which the kernel takes the
 * ports of outgoing connections, so that a node that restarts finds its port free again.
 */
public final class FreePorts {
  private static final int FROM = 20_000;
  private static final int TO = 32_000;

  private final Set<Integer> given = new HashSet<>();
  private final RandomGenerator random;

  public FreePorts(RandomGenerator random) {
    this.random = random;
  }

  /** A port that was free a moment ago and was not given before: host:port. */
  public String address() {
    while (true) {
      int port = random.nextInt(FROM, TO);
      if (isFree(port) && given.add(port)) {
        return "127.0.0.1:" + port;
      }
    }
  }

  private static boolean isFree(int port) {
    try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return probe.isBound();
    } catch (IOException _) {
      return false;
    }
  }
}
