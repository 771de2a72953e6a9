package dev.trivet.api.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;

/**
 * One post whose answer is lines that come while it lasts, with a socket of its own: so that a test
 * says when something is sent, read, or given up.
 */
final class JsonStream implements AutoCloseable {
  private final Socket socket;
  private final BufferedReader in;
  private boolean isHeadRead;

  private JsonStream(String address) throws IOException {
    int colon = address.indexOf(':');
    socket =
        new Socket(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
    in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
  }

  /** The body is whole, and its length is told. */
  static JsonStream post(String address, String path, String body) throws IOException {
    JsonStream stream = new JsonStream(address);
    stream.send(
        "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s"
            .formatted(path, body.length(), body));
    return stream;
  }

  /** The body comes by {@link #say}. */
  static JsonStream open(String address, String path) throws IOException {
    JsonStream stream = new JsonStream(address);
    stream.send(
        "POST %s HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".formatted(path));
    return stream;
  }

  void say(String piece) throws IOException {
    send("%x\r\n%s\r\n".formatted(piece.length(), piece));
  }

  /** The next answer; each is one chunk with one line. */
  String line() throws IOException {
    if (!isHeadRead) {
      isHeadRead = true;
      String status = in.readLine();
      if (!"HTTP/1.1 200 OK".equals(status)) {
        throw new IOException(String.valueOf(status));
      }
      String header = status;
      while (!"".equals(header)) {
        header = in.readLine();
      }
    }
    int length = Integer.parseInt(in.readLine(), 16);
    String line = length == 0 ? "" : in.readLine();
    in.readLine();
    return line;
  }

  /** What comes until the server closes, without the mark of the last chunk. */
  String rest() throws IOException {
    StringBuilder rest = new StringBuilder();
    in.lines().filter(line -> !line.isEmpty() && !line.equals("0")).forEach(rest::append);
    return rest.toString();
  }

  private void send(String text) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(text.getBytes(UTF_8));
    out.flush();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
