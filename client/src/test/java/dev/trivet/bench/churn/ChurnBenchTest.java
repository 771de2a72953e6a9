package dev.trivet.bench.churn;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.trivet.bench.Timing;
import dev.trivet.bench.wire.Access;
import dev.trivet.client.EtcdProcess;
import dev.trivet.client.TrivetClient;
import dev.trivet.proto.etcd.RangeResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a real etcd, which does what a faithful server does. */
final class ChurnBenchTest {
  @TempDir private Path folder;

  private EtcdProcess etcd;

  @BeforeEach
  void start() {
    etcd = EtcdProcess.start(folder);
  }

  @AfterEach
  void stop() {
    etcd.close();
  }

  @Test
  void aFaithfulServerPassesWithEverythingInUse() throws Exception {
    List<ChurnSample> rows = new ArrayList<>();

    ChurnVerdict verdict = ChurnBench.run(load(1_200), Access.OPEN, rows::add);

    assertThat(verdict.firstViolation()).isEmpty();
    assertThat(verdict.firstFailure()).isEmpty();
    assertThat(rows).hasSize(8);
    assertThat(rows).allMatch(row -> row.diskMiB() > 0 && row.serverRssMiB() > 0);
    assertThat(rows).anyMatch(row -> row.lists() > 0);
    assertThat(rows).anyMatch(row -> row.compactions() > 0);
    assertThat(rows).allMatch(row -> row.events() > 0 && row.writesPerSecond() > 0);
    assertThat(verdict.diskGrowth()).isPositive();
  }

  @Test
  void aForeignWriterOfAnObjectIsAConflict() throws Exception {
    CompletableFuture<ChurnVerdict> run =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return ChurnBench.run(load(100), Access.OPEN, _ -> {});
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });

    try (TrivetClient client = TrivetClient.connect(List.of(etcd.endpoint()))) {
      RangeResponse all =
          Awaitility.await()
              .atMost(Duration.ofSeconds(30))
              .until(() -> client.keys().prefix(Pods.PREFIX, 0), found -> found.getKvsCount() > 50);
      // All, as some may be deleted meanwhile, and those are not missed.
      all.getKvsList()
          .forEach(each -> client.keys().put(each.getKey(), ByteString.copyFromUtf8("foreign")));
    }

    assertThat(run.get(60, TimeUnit.SECONDS).firstViolation()).startsWith("CONFLICT");
  }

  /** Progress is not asked for: etcd before 3.4.25 may answer ahead of events (its issue 15220). */
  private ChurnLoad load(int objects) {
    return new ChurnLoad(
        List.of(etcd.endpoint()),
        1,
        objects,
        100,
        8,
        500,
        2,
        240,
        Duration.ofMillis(500),
        Duration.ZERO,
        Duration.ofMillis(500),
        List.of(folder.resolve("etcd")),
        new Timing(Duration.ZERO, Duration.ofSeconds(4), List.of(etcd.pid())));
  }
}
