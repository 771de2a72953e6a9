package dev.trivet.api.port;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trivet.api.OpenPort;
import io.grpc.protobuf.services.HealthStatusManager;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Pings of HTTP/2 on a connection without a call, frame by frame. Source: RFC 9113. */
@Timeout(60)
final class PingsTest {
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int GOAWAY = 7;
  private static final int ACKNOWLEDGED = 1;
  private static final int FRAME_HEAD_BYTES = 9;

  /** Of pings that come too early, in the life of a connection. */
  private static final int ONE_TOO_MANY = 3;

  private final OpenPort port;

  PingsTest() throws IOException {
    port = OpenPort.of(List.of(new HealthStatusManager().getHealthService()), List.of());
  }

  @AfterEach
  void stop() {
    port.close();
  }

  @Test
  void aClientMayPingEveryFiveSecondsThoughItHasNoCall() throws Exception {
    try (Connection connection = new Connection(port.number())) {
      connection.ping();
      for (int ping = 1; ping <= ONE_TOO_MANY; ping++) {
        assertThat(connection.nextAnswer()).isEqualTo(PING);
        TimeUnit.MILLISECONDS.sleep(5_050);
        connection.ping();
      }
      assertThat(connection.nextAnswer()).isEqualTo(PING);
    }
  }

  @Test
  void whoPingsWithoutPauseIsSentAway() throws Exception {
    try (Connection connection = new Connection(port.number())) {
      for (int ping = 1; ping <= ONE_TOO_MANY; ping++) {
        connection.ping();
        assertThat(connection.nextAnswer()).isEqualTo(PING);
      }

      assertThat(connection.nextAnswer()).isEqualTo(GOAWAY);
    }
  }

  private static final class Connection implements AutoCloseable {
    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;

    Connection(int port) throws IOException {
      socket = new Socket(InetAddress.getLoopbackAddress(), port);
      in = new DataInputStream(socket.getInputStream());
      out = socket.getOutputStream();
      out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII));
      write(SETTINGS, 0);
      write(SETTINGS, ACKNOWLEDGED);
    }

    void ping() throws IOException {
      write(PING, 0, new byte[Long.BYTES]);
    }

    /** The type of the next frame that is none of settings. */
    int nextAnswer() throws IOException {
      while (true) {
        int lengthAndType = in.readInt();
        int flags = in.readUnsignedByte();
        int stream = in.readInt();
        in.skipNBytes(lengthAndType >>> Byte.SIZE);
        int type = lengthAndType & 0xff;
        assertThat(stream).isZero();
        if (type == GOAWAY || (type == PING && flags == ACKNOWLEDGED)) {
          return type;
        }
      }
    }

    private void write(int type, int flags, byte... payload) throws IOException {
      out.write(
          ByteBuffer.allocate(FRAME_HEAD_BYTES + payload.length)
              .putInt((payload.length << Byte.SIZE) | type)
              .put((byte) flags)
              .putInt(0)
              .put(payload)
              .array());
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
