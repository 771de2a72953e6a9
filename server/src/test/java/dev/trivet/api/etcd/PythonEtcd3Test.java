package dev.trivet.api.etcd;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trivet.api.ApiCluster;
import dev.trivet.foreign.ForeignProgram;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Debian's python3-etcd3; the script beside it has what it asks and what must come back. */
@Timeout(300)
@ExtendWith(ApiCluster.Shared.class)
final class PythonEtcd3Test {
  private static final int MODULE_MISSING = 77;
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  private final ApiCluster cluster;

  @TempDir private Path folder;

  PythonEtcd3Test(ApiCluster cluster) {
    this.cluster = cluster;
  }

  @Test
  void pythonsClientFindsWhatItFindsAtEtcd() throws Exception {
    Path script = folder.resolve("python_etcd3.py");
    try (InputStream source =
        requireNonNull(PythonEtcd3Test.class.getResourceAsStream("python_etcd3.py"))) {
      Files.copy(source, script);
    }
    List<String> command = new ArrayList<>();
    command.add(ForeignProgram.PYTHON.require().toString());
    command.add(script.toString());
    command.addAll(List.of(cluster.endpoints().split(",")));

    Path output = folder.resolve("said");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    cluster.removeHistoryUntil(() -> !process.isAlive(), PATIENCE);
    int status = process.waitFor();
    String said = Files.readString(output);

    if (status == MODULE_MISSING && System.getenv("CI") == null) {
      Assumptions.abort("python's module etcd3 is missing: apt-get install python3-etcd3");
    }
    assertThat(status).as(said).isZero();
    assertThat(said.lines().filter(line -> line.startsWith("holds "))).hasSize(9);
  }
}
