package dev.trivet.chaos.environment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ConnectionsTest {
  private static final List<String> TABLE =
      List.of(
          "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
          "   0: 0100007F:5CEF 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 111 1",
          "   1: 0100007F:9C40 0101007F:5CEF 01 00000000:00000000 00:00000000 00000000     0        0 222 1");

  @Test
  void anEstablishedConnectionIsFoundByItsOwnPort() {
    assertThat(Connections.inodeOf(0x9c40, TABLE)).contains("222");
  }

  @Test
  void aListenerIsNone() {
    assertThat(Connections.inodeOf(0x5cef, TABLE)).isEmpty();
  }
}
