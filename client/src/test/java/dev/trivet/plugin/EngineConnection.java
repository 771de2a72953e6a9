package dev.trivet.plugin;

import com.google.protobuf.Struct;
import com.google.protobuf.util.JsonFormat;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;

/** The engine's side of one connection that stays open: HTTP/1.1, one call after the other. */
final class EngineConnection implements AutoCloseable {
  private final SocketChannel channel;
  private final BufferedReader reader;

  EngineConnection(Path socket) throws IOException {
    channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    channel.connect(UnixDomainSocketAddress.of(socket));
    reader =
        new BufferedReader(
            new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8));
  }

  /** The answer's object; its status line is looked at by {@link #status}. */
  Struct call(String path, String json) throws IOException {
    send(path, json);
    Struct.Builder answer = Struct.newBuilder();
    JsonFormat.parser().merge(readBody(), answer);
    return answer.build();
  }

  String status(String path, String json) throws IOException {
    send(path, json);
    String status = reader.readLine();
    readBody();
    return String.valueOf(status);
  }

  /** What the call says is wrong; empty if nothing is. */
  String error(String path, String json) throws IOException {
    return call(path, json).getFieldsOrThrow("Err").getStringValue();
  }

  private void send(String path, String json) throws IOException {
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    String head =
        "POST %s HTTP/1.1\r\nHost: plugin\r\nContent-Length: %d\r\n\r\n"
            .formatted(path, body.length);
    channel.write(ByteBuffer.wrap(head.getBytes(StandardCharsets.US_ASCII)));
    channel.write(ByteBuffer.wrap(body));
  }

  private String readBody() throws IOException {
    int length = 0;
    String line = reader.readLine();
    while (line != null && !line.isEmpty()) {
      if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
        length = Integer.parseInt(line.substring(line.indexOf(':') + 1).strip());
      }
      line = reader.readLine();
    }
    char[] body = new char[length];
    int read = 0;
    while (read < length) {
      int count = reader.read(body, read, length - read);
      if (count < 0) {
        throw new IOException("the answer ended after " + read + " of " + length + " characters");
      }
      read += count;
    }
    return new String(body);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
