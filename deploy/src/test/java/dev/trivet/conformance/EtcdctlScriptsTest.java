package dev.trivet.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trivet.local.LocalCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Debian's etcdctl, unmodified, cannot tell three nodes of Trivet from three members of etcd. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class EtcdctlScriptsTest {
  private static final Duration READY = Duration.ofMinutes(3);

  @TempDir private static Path folder;
  private static EtcdMembers etcd;
  private static LocalCluster trivet;

  @BeforeAll
  static void startBoth() throws IOException, InterruptedException {
    etcd = EtcdMembers.start(folder, 3);
    trivet = LocalCluster.at(folder, 3, List.of("-XX:TieredStopAtLevel=1"));
    trivet.startAll();
    trivet.awaitReady(READY);
  }

  @AfterAll
  static void stopBoth() {
    if (trivet != null) {
      trivet.close();
    }
    if (etcd != null) {
      etcd.close();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"keys", "transactions", "watches", "leases", "locks", "cluster", "members"})
  void everyCommandPrintsWhatItPrintsWithEtcd(String name) throws Exception {
    Script script = Script.read(name);
    List<String> differences = new ArrayList<>();
    try (ExecutorService both = Executors.newVirtualThreadPerTaskExecutor();
        Playing there = new Playing(etcd.endpoints(), files("etcd-" + name));
        Playing here = new Playing(trivet.endpoints(), files("trivet-" + name))) {
      for (Script.Step step : script.steps()) {
        Future<List<String>> theirs = both.submit(() -> there.play(step));
        List<String> actual = here.play(step);
        List<String> expected = theirs.get();
        if (step.differs().isEmpty() != actual.equals(expected) || isInVain(expected)) {
          differences.add(
              "%s\n  etcd:   %s\n  trivet: %s%s"
                  .formatted(
                      step,
                      String.join("\n          ", expected),
                      String.join("\n          ", actual),
                      step.differs().isEmpty() ? "" : "\n  no longer differs: " + step.differs()));
        }
      }
    }
    assertThat(differences).as(() -> String.join("\n", differences)).isEmpty();
  }

  private static boolean isInVain(List<String> lines) {
    return lines.stream().anyMatch(line -> line.startsWith(Playing.NEVER));
  }

  private static Path files(String name) throws IOException {
    return Files.createDirectory(folder.resolve(name));
  }
}
