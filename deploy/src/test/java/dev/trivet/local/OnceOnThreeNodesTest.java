package dev.trivet.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.trivet.client.Compares;
import dev.trivet.client.KeptLease;
import dev.trivet.client.Operations;
import dev.trivet.client.TrivetClient;
import dev.trivet.proto.etcd.KeyValue;
import dev.trivet.proto.etcd.PutRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What our client writes is applied once, whatever is lost on the way. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class OnceOnThreeNodesTest {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final int WRITES = 300;

  private LocalCluster cluster;

  @BeforeAll
  void start(@TempDir Path folder) throws IOException, InterruptedException {
    cluster = LocalCluster.at(folder, 3, List.of("-XX:TieredStopAtLevel=1"));
    cluster.startAll();
    cluster.awaitReady(LIMIT);
  }

  @AfterAll
  void stop() {
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  void aWriteWhoseAnswerIsLostOnTheWayIsAppliedOnce() throws IOException {
    List<LossyProxy> proxies = new ArrayList<>();
    for (NodeProcess node : cluster.nodes()) {
      proxies.add(new LossyProxy(node.endpoint(), proxies.size()));
    }
    try (TrivetClient client = patient(proxies.stream().map(LossyProxy::endpoint).toList())) {
      for (int i = 1; i <= WRITES; i++) {
        ByteString value = text(Integer.toString(i));
        if (i % 3 == 0) {
          // Would fail when it is applied twice: the compare holds only once.
          assertThat(
                  client
                      .keys()
                      .txn()
                      .when(Compares.version(text("lossy")).equalTo(i - 1L))
                      .then(Operations.put(text("lossy"), value))
                      .commit()
                      .getSucceeded())
              .as("write %d", i)
              .isTrue();
        } else {
          var _ = client.keys().put(text("lossy"), value);
        }
      }
      proxies.forEach(LossyProxy::loseNoMore);

      assertThat(client.keys().get(text("lossy")).map(KeyValue::getVersion))
          .contains((long) WRITES);
    } finally {
      for (LossyProxy proxy : proxies) {
        proxy.close();
      }
    }
  }

  @Test
  void aWriteThatIsUnderWayWhenTheLeaderIsKilledIsAppliedOnceAndLeasesLive() throws Exception {
    try (TrivetClient client = patient(cluster.endpoints())) {
      KeptLease lease = client.leases().hold(5);
      var _ =
          client
              .keys()
              .put(PutRequest.newBuilder().setKey(text("alive")).setLease(lease.id()).build());
      AtomicBoolean isOver = new AtomicBoolean();
      List<CompletableFuture<Long>> writers = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        ByteString key = text("killed/" + i);
        CompletableFuture<Long> written = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> write(client, key, isOver, written));
        writers.add(written);
      }

      for (int round = 0; round < 2; round++) {
        NodeProcess leader = cluster.at(leaderEndpoint(client));
        leader.kill();
        long before = versions(client);
        await().atMost(LIMIT).until(() -> versions(client) > before + 100);
        cluster.start(leader);
        cluster.awaitReady(LIMIT);
      }
      isOver.set(true);

      for (int i = 0; i < writers.size(); i++) {
        long written = writers.get(i).join();
        assertThat(client.keys().get(text("killed/" + i)).map(KeyValue::getVersion))
            .contains(written);
      }
      assertThat(lease.isAlive()).isTrue();
      assertThat(client.keys().get(text("alive"))).isPresent();
    }
  }

  private static void write(
      TrivetClient client, ByteString key, AtomicBoolean isOver, CompletableFuture<Long> written) {
    try {
      long count = 0;
      while (!isOver.get()) {
        var _ = client.keys().put(key, text("x"));
        count++;
      }
      written.complete(count);
    } catch (RuntimeException e) {
      written.completeExceptionally(e);
    }
  }

  private static long versions(TrivetClient client) {
    return client.keys().prefix(text("killed/"), 100).getKvsList().stream()
        .mapToLong(KeyValue::getVersion)
        .sum();
  }

  private static String leaderEndpoint(TrivetClient client) {
    return await()
        .atMost(LIMIT)
        .until(
            () ->
                client.cluster().status().getMembersList().stream()
                    .filter(member -> member.getIsLeader() && member.getIsReachable())
                    .map(member -> member.getClientAddress())
                    .findFirst()
                    .orElse(""),
            address -> !address.isEmpty());
  }

  private static TrivetClient patient(List<String> endpoints) {
    return TrivetClient.builder(endpoints).deadline(Duration.ofSeconds(60)).connect();
  }

  private static ByteString text(String text) {
    return ByteString.copyFromUtf8(text);
  }
}
