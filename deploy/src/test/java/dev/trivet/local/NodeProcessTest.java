package dev.trivet.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trivet.errors.ErrorCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NodeProcessTest {
  @TempDir Path folder = Path.of("");

  @Test
  void aNodeThatIsToldToStopEndsWithoutFailureAndStartsAgain() throws Exception {
    try (LocalCluster cluster = alone()) {
      NodeProcess node = cluster.nodes().getFirst();
      for (int start = 0; start < 2; start++) {
        cluster.start(node);
        cluster.awaitReady(Duration.ofMinutes(1));

        assertThat(node.stop()).isZero();
      }
    }
  }

  @Test
  void aNodeThatMustNotServeSaysSoByItsExitCode() throws Exception {
    try (LocalCluster cluster = alone()) {
      NodeProcess node = cluster.nodes().getFirst();
      Files.createDirectories(node.folder());
      Files.writeString(node.folder().resolve("holiday.jpg"), "not ours");
      cluster.start(node);

      assertThat(node.awaitEnd()).isEqualTo(ErrorCode.DATA_FOREIGN.exitCode());
      assertThat(Files.readString(node.logFile())).contains("holiday.jpg");
    }
  }

  private LocalCluster alone() {
    return LocalCluster.at(folder, 1, List.of("-XX:TieredStopAtLevel=1"));
  }
}
