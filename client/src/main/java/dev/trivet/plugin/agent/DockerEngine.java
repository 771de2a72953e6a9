package dev.trivet.plugin.agent;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The Docker Engine API over its unix socket: one connection per request. HTTP/1.0 is spoken
 * because the engine then answers in one piece and closes, so no chunks have to be put together.
 * Paths carry no API version: the engine takes its own newest one.
 */
final class DockerEngine {
  /** What the engine answered. */
  record Reply(int status, String body) {
    boolean isOk() {
      return status >= 200 && status < 300;
    }

    /** 404: no such container. */
    boolean isAbsent() {
      return status == 404;
    }

    /** 304: the container already is in the wished state. */
    boolean isUnchanged() {
      return status == 304;
    }
  }

  private static final int MAX_REPLY_BYTES = 8 << 20;

  private final Path socket;
  private final Duration timeout;

  DockerEngine(Path socket, Duration timeout) {
    this.socket = socket;
    this.timeout = timeout;
  }

  Reply get(String path) throws IOException {
    return request("GET", path, "");
  }

  Reply post(String path, String json) throws IOException {
    return request("POST", path, json);
  }

  Reply delete(String path) throws IOException {
    return request("DELETE", path, "");
  }

  private Reply request(String method, String path, String json) throws IOException {
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    String head =
        "%s %s HTTP/1.0\r\nHost: docker\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
            .formatted(method, path, body.length);
    ByteBuffer outgoing =
        ByteBuffer.allocate(head.length() + body.length)
            .put(head.getBytes(StandardCharsets.US_ASCII))
            .put(body)
            .flip();
    long deadline = System.nanoTime() + timeout.toNanos();
    try (Selector selector = Selector.open();
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      channel.configureBlocking(false);
      SelectionKey key = channel.register(selector, SelectionKey.OP_WRITE);
      while (outgoing.hasRemaining()) {
        await(selector, deadline, method, path);
        channel.write(outgoing);
      }
      key.interestOps(SelectionKey.OP_READ);
      return parse(readAll(selector, channel, deadline, method, path), method, path);
    }
  }

  private byte[] readAll(
      Selector selector, SocketChannel channel, long deadline, String method, String path)
      throws IOException {
    ByteArrayOutputStream incoming = new ByteArrayOutputStream();
    ByteBuffer buffer = ByteBuffer.allocate(16 << 10);
    while (true) {
      await(selector, deadline, method, path);
      int count = channel.read(buffer.clear());
      if (count < 0) {
        return incoming.toByteArray();
      }
      incoming.write(buffer.array(), 0, count);
      if (incoming.size() > MAX_REPLY_BYTES) {
        throw new IOException(
            "%s %s: the engine's answer is above %d bytes"
                .formatted(method, path, MAX_REPLY_BYTES));
      }
    }
  }

  private void await(Selector selector, long deadline, String method, String path)
      throws IOException {
    long leftMillis = (deadline - System.nanoTime()) / 1_000_000;
    selector.selectedKeys().clear();
    if (leftMillis <= 0 || selector.select(leftMillis) == 0) {
      throw new IOException(
          "%s %s: no answer from the engine at %s within %d s; it may have been done"
              .formatted(method, path, socket, timeout.toSeconds()));
    }
  }

  /** Status line, header, empty line, body. */
  static Reply parse(byte[] bytes, String method, String path) throws IOException {
    String text = new String(bytes, StandardCharsets.UTF_8);
    int end = text.indexOf("\r\n\r\n");
    if (end < 0 || !text.matches("(?s)HTTP/1\\.[01] [0-9]{3}.*")) {
      throw new IOException(
          "%s %s: not an HTTP answer, %d bytes".formatted(method, path, bytes.length));
    }
    return new Reply(Integer.parseInt(text.substring(9, 12)), text.substring(end + 4));
  }
}
