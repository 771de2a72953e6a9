package dev.trivet.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.trivet.client.KeptLease;
import dev.trivet.client.TrivetClient;
import dev.trivet.client.Watch;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.proto.etcd.WatchCreateRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The leader's wall clock is set forward and back by an hour while its cluster is at work. */
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ClockJumpTest {
  private static final Duration READY = Duration.ofMinutes(2);
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration HOUR = Duration.ofHours(1);

  /** Many times as long as the test, and much shorter than a jump. */
  private static final long LONG_SECONDS = 1_200;

  private static final long SHORT_SECONDS = 2;

  /** Longer than a busy machine needs to name another leader. */
  private static final long ATTENDED_SECONDS = 15;

  /** Enough that a lease which ends too early has ended by then. */
  private static final Duration A_WHILE = Duration.ofSeconds(3);

  private static final ByteString WRITTEN = ByteString.copyFromUtf8("written");

  @TempDir private Path folder;
  private final Map<String, WallClock> clocks = new HashMap<>();
  private final List<Long> written = new ArrayList<>();
  private final List<Long> seen = new CopyOnWriteArrayList<>();
  private LocalCluster cluster;
  private TrivetClient client;

  @BeforeEach
  void start() throws Exception {
    FreePorts ports = new FreePorts(new Random());
    List<NodeProcess> nodes = new ArrayList<>();
    for (String name : List.of("n1", "n2", "n3")) {
      WallClock clock = WallClock.in(folder, name);
      clocks.put(name, clock);
      nodes.add(
          new NodeProcess(
              name,
              folder.resolve(name),
              new NodeProcess.Addresses(ports.address(), ports.address(), ports.address()),
              clock.prefix()));
    }
    cluster = LocalCluster.of(nodes);
    cluster.startAll();
    cluster.awaitReady(READY);
    client = TrivetClient.connect(cluster.endpoints());
  }

  @AfterEach
  void end() {
    client.close();
    cluster.close();
  }

  @Test
  void noLeaseEndsEarlyNoneLivesForEverAndWritesAndWatchesGoOn() throws Exception {
    put("long", client.leases().grant(LONG_SECONDS).getID());
    try (KeptLease attended = client.leases().hold(ATTENDED_SECONDS);
        Watch _ =
            client.watch(
                WatchCreateRequest.newBuilder().setKey(WRITTEN).setStartRevision(1).build(),
                response ->
                    response
                        .getEventsList()
                        .forEach(event -> seen.add(event.getKv().getModRevision())))) {
      put("attended", attended.id());
      String leader = leader();

      setClock(leader, HOUR);
      goOnFor(A_WHILE);
      put("ends after a jump forward", client.leases().grant(SHORT_SECONDS).getID());
      await().atMost(PATIENCE).until(() -> isGone("ends after a jump forward"));

      put("ends after a jump back", client.leases().grant(SHORT_SECONDS).getID());
      setClock(leader, HOUR.negated());
      await().atMost(PATIENCE).until(() -> isGone("ends after a jump back"));
      goOnFor(A_WHILE);

      setClock(leader, HOUR);
      node(leader).kill();
      cluster.start(node(leader));
      cluster.awaitReady(READY);
      await()
          .atMost(READY)
          .ignoreExceptions()
          .until(() -> client.cluster().transferLeader(leader).getMembersCount() == 3);
      await().atMost(READY).ignoreExceptions().until(() -> leader().equals(leader));
      put("ends after a leader of another time", client.leases().grant(SHORT_SECONDS).getID());
      goOnFor(A_WHILE);
      await().atMost(PATIENCE).until(() -> isGone("ends after a leader of another time"));

      assertThat(attended.isAlive()).isTrue();
      await().atMost(PATIENCE).untilAsserted(() -> assertThat(seen).isEqualTo(written));
    }
  }

  /** Everything that lives is looked at, and written, again and again. */
  private void goOnFor(Duration duration) {
    await()
        .during(duration)
        .atMost(duration.plus(PATIENCE))
        .untilAsserted(
            () -> {
              written.add(client.keys().put(WRITTEN, WRITTEN).getHeader().getRevision());
              assertThat(isGone("long")).isFalse();
              assertThat(isGone("attended")).isFalse();
            });
  }

  private void setClock(String node, Duration ahead) throws IOException, InterruptedException {
    WallClock clock = Objects.requireNonNull(clocks.get(node));
    clock.set(ahead);
    assertThat(Files.readString(Path.of("/proc", Long.toString(node(node).pid()), "maps")))
        .contains("wall-clock.so");
    assertThat(Duration.between(Instant.now(), clock.now()).toMinutes())
        .isBetween(ahead.toMinutes() - 1, ahead.toMinutes() + 1);
  }

  private NodeProcess node(String name) {
    return cluster.nodes().stream()
        .filter(node -> node.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private String leader() {
    return client.cluster().status().getLeader();
  }

  private void put(String key, long lease) {
    var _ =
        client
            .keys()
            .put(
                PutRequest.newBuilder()
                    .setKey(ByteString.copyFromUtf8(key))
                    .setLease(lease)
                    .build());
  }

  private boolean isGone(String key) {
    return client.keys().get(ByteString.copyFromUtf8(key)).isEmpty();
  }
}
