package dev.trivet.chaos.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExistingTest {
  /** Nobody listens there. */
  private static final List<String> ENDPOINTS = List.of("127.0.0.1:1", "127.0.0.1:2");

  private static Existing cluster(String pause, String resume, String network) {
    return new Existing(
        Software.TRIVET, ENDPOINTS, new Existing.Commands("true", "true", pause, resume, network));
  }

  @Test
  void aClusterCanOnlyDoWhatThereAreCommandsFor() {
    assertThat(cluster("", "", "").lacking())
        .containsKeys(Capability.PAUSES, Capability.PARTITIONS, Capability.PROCESSES)
        .doesNotContainKey(Capability.TRIVET);
    assertThat(cluster("true", "", "").lacking()).containsKey(Capability.PAUSES);
    assertThat(cluster("true", "true", "true").lacking())
        .doesNotContainKeys(Capability.PAUSES, Capability.PARTITIONS)
        .containsKey(Capability.LOSS);
  }

  @Test
  void cutsAreCountedByTheCommand() throws IOException {
    Existing counted = cluster("", "", "test 3 = 3 && echo 17 #");

    assertThat(counted.network().touched().count()).isEqualTo(17);
  }

  @Test
  void aCommandThatCountsNothingIsAFailure() {
    Existing mute = cluster("", "", "true");

    assertThatThrownBy(() -> mute.network().touched())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("a number is needed");
  }
}
