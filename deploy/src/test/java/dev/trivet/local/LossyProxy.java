package dev.trivet.local;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A way to one node that loses answers: what the client sends arrives, and from time to time, by a
 * seed, the connection ends where an answer should come.
 */
final class LossyProxy implements AutoCloseable {
  private static final int ONE_IN = 12;

  private final ServerSocket door;
  private final int port;
  private final Random random;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile boolean isLossy = true;

  LossyProxy(String endpoint, long seed) throws IOException {
    this.door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    this.port = Integer.parseInt(endpoint.substring(endpoint.lastIndexOf(':') + 1));
    this.random = new Random(seed);
    Thread.ofVirtual().start(this::accept);
  }

  String endpoint() {
    return "127.0.0.1:" + door.getLocalPort();
  }

  void loseNoMore() {
    isLossy = false;
  }

  private void accept() {
    while (!door.isClosed()) {
      try {
        Socket client = door.accept();
        Socket node = new Socket(InetAddress.getLoopbackAddress(), port);
        open.add(client);
        open.add(node);
        Thread.ofVirtual().start(() -> copy(client, node, false));
        Thread.ofVirtual().start(() -> copy(node, client, true));
      } catch (IOException _) {
        // Closed, or the node is not there: the client tries again.
      }
    }
  }

  private void copy(Socket from, Socket to, boolean isAnswer) {
    byte[] buffer = new byte[16 << 10];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      int length = in.read(buffer);
      while (length >= 0) {
        if (isAnswer && isLossy && isLost()) {
          return;
        }
        out.write(buffer, 0, length);
        length = in.read(buffer);
      }
    } catch (IOException _) {
      // One side is gone, so the other one goes too.
    } finally {
      open.remove(from);
      open.remove(to);
    }
  }

  private synchronized boolean isLost() {
    return random.nextInt(ONE_IN) == 0;
  }

  @Override
  public void close() throws IOException {
    door.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
