package dev.trivet.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.trivet.foreign.ForeignProgram;
import dev.trivet.local.LocalCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Debian's {@code etcdctl make-mirror}, which copies a key space and follows it. */
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class EtcdctlMirrorTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int KEYS = 60;

  @TempDir private Path folder;

  @Test
  void aKeySpaceIsMirroredToTrivetAndToEtcdAndFromEtcd() throws Exception {
    List<String> flags = List.of("-XX:TieredStopAtLevel=1");
    try (EtcdMembers etcd = EtcdMembers.start(folder, 1);
        LocalCluster source = LocalCluster.at(folder.resolve("source"), 1, flags);
        LocalCluster target = LocalCluster.at(folder.resolve("target"), 1, flags)) {
      source.startAll();
      target.startAll();
      source.awaitReady(PATIENCE);
      target.awaitReady(PATIENCE);
      String trivet = source.endpoints().getFirst();
      String other = target.endpoints().getFirst();
      String foreign = etcd.endpoints().getFirst();
      try (Playing etcdctl = new Playing(source.endpoints(), folder)) {
        for (int i = 0; i < KEYS; i++) {
          assertThat(etcdctl.raw(trivet, "put m/" + i + " " + i)).containsExactly("OK");
        }
        assertThat(etcdctl.raw(trivet, "put elsewhere 1")).containsExactly("OK");

        // From node to node, from there on to etcd, and back under another name.
        Process first = mirror(trivet, other, "--prefix", "m/");
        Process second = mirror(other, foreign, "--prefix", "m/");
        Process third = mirror(foreign, trivet, "--prefix", "m/", "--dest-prefix", "back/");
        try {
          await().atMost(PATIENCE).until(() -> count(etcdctl, trivet, "back/") == KEYS);
          assertThat(etcdctl.raw(trivet, "del --prefix m/1")).containsExactly("11");
          Files.writeString(folder.resolve("txn"), "\nput m/2 two\nput m/new 1\n\n\n");
          assertThat(transact(trivet)).contains("SUCCESS");

          int left = KEYS - 11 + 1;
          await().atMost(PATIENCE).until(() -> count(etcdctl, trivet, "back/") == left);
          assertThat(etcdctl.raw(trivet, "get back/2 --print-value-only")).containsExactly("two");
          for (String mirrored : List.of(other, foreign)) {
            assertThat(etcdctl.raw(mirrored, "get --prefix m/"))
                .isEqualTo(etcdctl.raw(trivet, "get --prefix m/"));
            assertThat(etcdctl.raw(mirrored, "get elsewhere")).isEmpty();
          }
          assertThat(List.of(first, second, third)).allMatch(Process::isAlive);
        } finally {
          List.of(first, second, third).forEach(Process::destroyForcibly);
        }
      }
    }
  }

  private static long count(Playing etcdctl, String endpoint, String prefix)
      throws IOException, InterruptedException {
    return etcdctl.raw(endpoint, "get --keys-only --prefix " + prefix).stream()
        .filter(line -> !line.isEmpty())
        .count();
  }

  private Process mirror(String from, String to, String... options) throws IOException {
    ProcessBuilder builder = etcdctl(from, "make-mirror");
    builder.command().addAll(List.of(options));
    builder.command().add(to);
    return builder
        .redirectErrorStream(true)
        .redirectOutput(Files.createTempFile(folder, "mirror", ".txt").toFile())
        .start();
  }

  private String transact(String endpoint) throws IOException, InterruptedException {
    Process process =
        etcdctl(endpoint, "txn").redirectInput(folder.resolve("txn").toFile()).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).isZero();
    return output;
  }

  private static ProcessBuilder etcdctl(String endpoint, String command) {
    ProcessBuilder builder =
        new ProcessBuilder(
            ForeignProgram.ETCDCTL.require().toString(), "--endpoints", endpoint, command);
    builder.environment().put("ETCDCTL_API", "3");
    return builder;
  }
}
