package dev.trivet.replicate;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A TCP port that leads to another one, until it is shut: then bytes vanish on their way, and the
 * end of the other side with them.
 */
final class Gate implements AutoCloseable {
  private final ServerSocket door;
  private final InetSocketAddress target;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private volatile boolean isShut;

  /** On a free port, to another one. */
  Gate(int target) throws IOException {
    this(0, new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
  }

  Gate(int port, InetSocketAddress target) throws IOException {
    this.target = target;
    this.door = new ServerSocket(port, 64, InetAddress.getLoopbackAddress());
    var _ = Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return door.getLocalPort();
  }

  /** From here on nothing passes, and nobody is told. */
  void shut() {
    isShut = true;
  }

  boolean isShut() {
    return isShut;
  }

  /** Connections begin anew. */
  void open() throws IOException {
    closeAll();
    isShut = false;
  }

  @Override
  public void close() throws IOException {
    door.close();
    closeAll();
  }

  private void closeAll() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
    sockets.clear();
  }

  private void accept() {
    try {
      while (true) {
        Socket in = door.accept();
        sockets.add(in);
        var _ = Thread.ofVirtual().start(() -> connect(in));
      }
    } catch (IOException _) {
      // Closed.
    }
  }

  private void connect(Socket in) {
    try {
      Socket out = new Socket(target.getAddress(), target.getPort());
      sockets.add(out);
      var _ = Thread.ofVirtual().start(() -> carry(in, out));
      carry(out, in);
    } catch (IOException _) {
      if (!isShut) {
        quietlyClose(in);
      }
    }
  }

  private void carry(Socket from, Socket to) {
    byte[] buffer = new byte[65_536];
    try {
      InputStream source = from.getInputStream();
      OutputStream sink = to.getOutputStream();
      for (int read = source.read(buffer); read >= 0; read = source.read(buffer)) {
        if (!isShut) {
          sink.write(buffer, 0, read);
        }
      }
    } catch (IOException _) {
      // One side is gone: so is the other.
    }
    if (!isShut) {
      quietlyClose(from);
      quietlyClose(to);
    }
  }

  private void quietlyClose(Socket socket) {
    sockets.remove(socket);
    try {
      socket.close();
    } catch (IOException _) {
      // It is closed enough.
    }
  }
}
