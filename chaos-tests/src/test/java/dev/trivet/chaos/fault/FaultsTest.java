package dev.trivet.chaos.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trivet.chaos.environment.Capability;
import java.util.List;
import org.junit.jupiter.api.Test;

class FaultsTest {
  private static List<String> needing(Capability capability) {
    return Faults.all().stream()
        .filter(kind -> kind.needs().contains(capability))
        .map(FaultKind::name)
        .toList();
  }

  @Test
  void whatTouchesTrivetsFilesAndMembersIsInflictedOnNobodyElse() {
    assertThat(needing(Capability.TRIVET))
        .contains("flip-log", "torn-tail", "disk-wiped", "member-replaced", "small-heap")
        .doesNotContain("kill-leader", "pause-leader", "isolate-leader", "transfer");
  }

  @Test
  void pausesNeedNoProcessOfThisMachine() {
    assertThat(needing(Capability.PAUSES)).contains("pause-leader", "pause-all");
    assertThat(needing(Capability.PROCESSES)).doesNotContain("pause-leader");
  }
}
