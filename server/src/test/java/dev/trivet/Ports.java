package dev.trivet;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Ports of loopback for the nodes of a test. */
public final class Ports {
  private Ports() {}

  /** Below the range of outgoing connections, so that a node that restarts finds its port free. */
  public static List<Integer> free(int count) {
    Random random = new Random();
    List<Integer> ports = new ArrayList<>();
    while (ports.size() < count) {
      int port = random.nextInt(20_000, 32_000);
      try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        if (!ports.contains(probe.getLocalPort())) {
          ports.add(probe.getLocalPort());
        }
      } catch (IOException _) {
        // Somebody has it: the next one.
      }
    }
    return ports;
  }
}
