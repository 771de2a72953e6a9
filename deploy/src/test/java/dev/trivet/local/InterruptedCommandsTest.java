package dev.trivet.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.trivet.client.TrivetClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commands that go on until somebody types Ctrl-C: they end with 130 and leave nothing behind. */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class InterruptedCommandsTest {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final int INTERRUPTED = 130;

  /** So long a lease would keep what was not given back. */
  private static final String TTL = "600";

  @TempDir private static Path folder;
  private static LocalCluster cluster;
  private static TrivetClient client;
  private final List<Process> started = new ArrayList<>();

  @BeforeAll
  static void startNode() throws IOException, InterruptedException {
    cluster = LocalCluster.at(folder, 1, List.of("-XX:TieredStopAtLevel=1"));
    cluster.startAll();
    cluster.awaitReady(PATIENCE);
    client = TrivetClient.connect(cluster.endpoints());
  }

  @AfterAll
  static void stopNode() {
    if (client != null) {
      client.close();
    }
    if (cluster != null) {
      cluster.close();
    }
  }

  @AfterEach
  void end() {
    started.forEach(Process::destroyForcibly);
  }

  @Test
  void aWatchThatIsInterruptedHasPrintedWhatItSaw() throws Exception {
    Process watch = start("watch", "seen", "--rev", "1");
    var _ = client.keys().put(text("seen"), text("something"));
    awaitPrinted("watch", "something");

    assertThat(interrupt(watch)).isEqualTo(INTERRUPTED);
  }

  @Test
  void aLeaseThatWasKeptAliveStaysForItsTime() throws Exception {
    long lease = client.leases().grant(Long.parseLong(TTL)).getID();
    Process keeping = start("lease", "keep-alive", Long.toHexString(lease));
    awaitPrinted("lease", "keeping lease");

    assertThat(interrupt(keeping)).isEqualTo(INTERRUPTED);
    assertThat(client.leases().timeToLive(lease, false).getTTL()).isPositive();
    var _ = client.leases().revoke(lease);
  }

  @Test
  void aLockIsGivenBackByWhoHoldsItAndByWhoWaits() throws Exception {
    Process holding = start("lock", "--ttl", TTL, "nightly");
    awaitPrinted("lock", "token");
    Process waiting = start("lock", "--ttl", TTL, "nightly");
    await().atMost(PATIENCE).until(() -> count("nightly/") == 2);

    assertThat(interrupt(waiting)).isEqualTo(INTERRUPTED);
    assertThat(count("nightly/")).isEqualTo(1);
    assertThat(interrupt(holding)).isEqualTo(INTERRUPTED);
    assertThat(count("nightly/")).isZero();
  }

  @Test
  void anOfficeIsGivenBackAndTheCommandThatRanInItIsEnded() throws Exception {
    Path begun = folder.resolve("begun");
    Path ended = folder.resolve("ended");
    Process leading =
        start(
            "elect",
            "--ttl",
            TTL,
            "primary",
            "me",
            "--",
            "sh",
            "-c",
            "trap 'touch "
                + ended
                + "; exit 0' TERM; touch "
                + begun
                + "; while :; do sleep 0.1; done");
    await().atMost(PATIENCE).until(() -> Files.exists(begun));

    assertThat(interrupt(leading)).isEqualTo(INTERRUPTED);
    assertThat(count("primary/")).isZero();
    assertThat(ended).exists();
  }

  private Process start(String... arguments) throws IOException {
    // A shell in the background lets its children ignore the signal, and they theirs.
    List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT"));
    command.addAll(cluster.java());
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output(arguments[0]).toFile());
    builder.environment().put("TRIVET_ENDPOINTS", cluster.endpoints().getFirst());
    Process process = builder.start();
    started.add(process);
    return process;
  }

  private static Path output(String command) {
    return folder.resolve(command + ".out");
  }

  private static void awaitPrinted(String command, String text) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(output(command)).content().contains(text));
  }

  private static int interrupt(Process process) throws IOException, InterruptedException {
    String pid = Long.toString(process.pid());
    assertThat(new ProcessBuilder("kill", "-INT", pid).start().waitFor()).isZero();
    assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  private static long count(String prefix) {
    return client.keys().prefix(text(prefix), 10).getCount();
  }

  private static ByteString text(String text) {
    return ByteString.copyFromUtf8(text);
  }
}
