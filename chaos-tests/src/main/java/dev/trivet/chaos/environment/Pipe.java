package dev.trivet.chaos.environment;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/**
 * One direction of a connection. One thread reads and says when each piece is due, another one
 * writes it then, so that what is late does not hold up what follows it.
 */
final class Pipe {
  private static final int PIECE = 16 << 10;
  private static final int UNDER_WAY = 256;
  private static final long LOOK_MILLIS = 20;
  private static final long MILLION = 1_000_000;

  private final Socket from;
  private final Socket to;
  private final Supplier<ProxyNetwork.Rule> rule;
  private final Runnable touched;
  private final BlockingQueue<Piece> underWay = new LinkedBlockingQueue<>(UNDER_WAY);

  /** Bytes, and when they are due; none at all is the end. */
  private record Piece(ByteBuffer bytes, long dueNanos) {}

  Pipe(Socket from, Socket to, Supplier<ProxyNetwork.Rule> rule, Runnable touched)
      throws IOException {
    this.from = from;
    this.to = to;
    this.rule = rule;
    this.touched = touched;
    from.setTcpNoDelay(true);
    to.setTcpNoDelay(true);
  }

  void start(Runnable atEnd) {
    Thread.ofVirtual().start(this::read);
    Thread.ofVirtual()
        .start(
            () -> {
              write();
              atEnd.run();
            });
  }

  private void read() {
    byte[] buffer = new byte[PIECE];
    try {
      InputStream in = from.getInputStream();
      int length = in.read(buffer);
      while (length >= 0) {
        long late = rule.get().late();
        long due = System.nanoTime();
        if (late > 0) {
          touched.run();
          due += (late + ThreadLocalRandom.current().nextLong(late / 2 + 1)) * MILLION;
        }
        underWay.put(new Piece(ByteBuffer.wrap(Arrays.copyOf(buffer, length)), due));
        length = in.read(buffer);
      }
    } catch (IOException _) {
      // The end, like any other.
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    boolean _ = underWay.offer(new Piece(ByteBuffer.allocate(0), System.nanoTime()));
  }

  private void write() {
    try {
      OutputStream out = to.getOutputStream();
      Piece piece = underWay.take();
      while (piece.bytes().hasRemaining()) {
        if (!mayPass(piece)) {
          return;
        }
        out.write(piece.bytes().array());
        piece = underWay.take();
      }
    } catch (IOException _) {
      // One side is gone, so the other one goes too.
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      close();
    }
  }

  /** Waits until a piece is due; false when the connection is reset. */
  private boolean mayPass(Piece piece) throws InterruptedException {
    long left = piece.dueNanos() - System.nanoTime();
    if (left > 0) {
      Thread.sleep(left / MILLION, (int) (left % MILLION));
    }
    boolean isHeld = false;
    while (true) {
      ProxyNetwork.Rule now = rule.get();
      if (now.isReset()) {
        touched.run();
        reset(to);
        reset(from);
        return false;
      }
      if (!now.isCut()) {
        pace(piece, now.bytesPerSecond());
        return true;
      }
      if (!isHeld) {
        touched.run();
        isHeld = true;
      }
      Thread.sleep(LOOK_MILLIS);
    }
  }

  private void pace(Piece piece, long bytesPerSecond) throws InterruptedException {
    if (bytesPerSecond > 0) {
      touched.run();
      Thread.sleep(piece.bytes().remaining() * 1_000L / bytesPerSecond);
    }
  }

  /** Ends a connection as if its other side were gone. */
  static void reset(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException _) {
      // It is gone already.
    }
  }

  void close() {
    try {
      from.close();
      to.close();
    } catch (IOException _) {
      // Nothing is left to be closed.
    }
  }
}
