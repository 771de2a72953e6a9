package dev.trivet.chaos.environment;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CountersTest {
  @Test
  void packetsThatRulesStoppedAreAdded() {
    String listing =
        """
        Chain INPUT (policy ACCEPT 900 packets, 70000 bytes)
            pkts      bytes target     prot opt in     out     source               destination
              17     1020 DROP       0    --  *      *       10.99.0.2            0.0.0.0/0
               3      180 REJECT     6    --  *      *       10.99.0.3            0.0.0.0/0 reject-with tcp-reset
             500     9999 ACCEPT     0    --  *      *       10.99.0.3            0.0.0.0/0
        """;

    assertThat(Counters.packetsOfRules(listing)).isEqualTo(20);
  }

  @Test
  void aQueueThatLimitsTellsHowOftenSomebodyWaited() {
    String listing =
        """
        qdisc tbf 8001: root refcnt 3 rate 1Mbit burst 32Kb lat 500ms
         Sent 8600 bytes 91 pkt (dropped 2, overlimits 55 requeues 0)
         backlog 0b 0p requeues 0
        """;

    assertThat(Counters.packetsOfQueue(listing)).isEqualTo(55);
  }

  @Test
  void aQueueThatDelaysTellsHowManyPassed() {
    String listing =
        """
        qdisc netem 8002: root refcnt 3 limit 1000 delay 80ms  40ms
         Sent 8600 bytes 91 pkt (dropped 0, overlimits 0 requeues 0)
        """;

    assertThat(Counters.packetsOfQueue(listing)).isEqualTo(91);
  }
}
