package dev.trivet.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trivet.foreign.ForeignProgram;
import dev.trivet.local.LocalCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Debian's etcdctl runs its own load checks against three nodes. Whether a machine that does other
 * things too is fast enough is not asked.
 */
@Timeout(value = 420, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class EtcdctlChecksTest {
  private static final Duration READY = Duration.ofMinutes(3);
  private static final long PATIENCE_SECONDS = 180;

  @TempDir private Path folder;

  @Test
  void theChecksOfPerformanceAndScaleRunToTheirVerdicts() throws Exception {
    try (LocalCluster trivet = LocalCluster.at(folder, 3, List.of("-XX:TieredStopAtLevel=1"))) {
      trivet.startAll();
      trivet.awaitReady(READY);
      String endpoints = String.join(",", trivet.endpoints());

      Path scale = etcdctl(endpoints, "check", "datascale", "--load", "s");
      Path perf = etcdctl(endpoints, "check", "perf", "--load", "s");

      assertThat(scale).content().contains("Approximate system memory used");
      assertThat(perf).content().contains("Throughput", "Slowest request took", "Stddev is");
      assertThat(etcdctl(endpoints, "get", "--prefix", "/etcdctl-check", "--keys-only"))
          .as("the checks delete what they wrote")
          .isEmptyFile();
    }
  }

  /** Runs to its end, whatever its verdict; what it printed. */
  private Path etcdctl(String endpoints, String... arguments)
      throws IOException, InterruptedException {
    Path output = Files.createTempFile(folder, "out", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(
            ForeignProgram.ETCDCTL.require().toString(),
            "--endpoints",
            endpoints,
            "--command-timeout=30s");
    builder.command().addAll(List.of(arguments));
    builder.environment().put("ETCDCTL_API", "3");
    Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    try {
      assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
          .as(() -> String.join(" ", arguments) + " ends")
          .isTrue();
    } finally {
      process.destroyForcibly();
    }
    return output;
  }
}
