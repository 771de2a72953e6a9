package dev.trivet.chaos.environment;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ConnectionsTest {
  private static final List<String> TABLE =
      List.of(
          "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
          "   0: 0100007F:5CEF 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 111 1",
          "   1: 0100007F:9C40 0101007F:5CEF 01 00000000:00000000 00:00000000 00000000     0        0 222 1",
          "   2: 0100007F:9C40 0201007F:5CEF 01 00000000:00000000 00:00000000 00000000     0        0 333 1",
          "   0: 0000000000000000FFFF00000100007F:9C41 0000000000000000FFFF00000101007F:5CEF 01 00000000:00000000 00:00000000 00000000     0        0 444 1");

  private static Optional<String> find(int port, String to) {
    return Connections.inodeOf(port, InetAddress.ofLiteral(to), 0x5cef, TABLE);
  }

  @Test
  void anEstablishedConnectionIsFoundByBothItsEnds() {
    assertThat(find(0x9c40, "127.0.1.1")).contains("222");
    assertThat(find(0x9c40, "127.0.1.2")).contains("333");
  }

  @Test
  void oneOfAProgramThatSpeaksBothProtocolsIsFoundToo() {
    assertThat(find(0x9c41, "127.0.1.1")).contains("444");
  }

  @Test
  void aListenerIsNone() {
    assertThat(find(0x5cef, "0.0.0.0")).isEmpty();
  }
}
