package dev.trivet.locks;

import static dev.trivet.client.Texts.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.trivet.client.EtcdProcess;
import dev.trivet.client.Operations;
import dev.trivet.client.TrivetClient;
import dev.trivet.client.Watch;
import dev.trivet.proto.etcd.KeyValue;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class LocksTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration TTL = Duration.ofSeconds(3);

  private EtcdProcess etcd;
  private TrivetClient client;

  @BeforeAll
  void start(@TempDir Path folder) {
    etcd = EtcdProcess.start(folder);
    client = TrivetClient.connect(List.of(etcd.endpoint()));
  }

  @AfterAll
  void stop() {
    if (client != null) {
      client.close();
    }
    if (etcd != null) {
      etcd.close();
    }
  }

  @Test
  void oneHoldsTheLockAndTokensRise() throws InterruptedException {
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    List<Long> tokens = new CopyOnWriteArrayList<>();
    List<Thread> threads = new ArrayList<>();

    for (int i = 0; i < 6; i++) {
      threads.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    try (Held held = new Lock(client, "many", TTL).acquire(LIMIT)) {
                      most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                      tokens.add(held.token());
                      inside.decrementAndGet();
                    } catch (InterruptedException | TimeoutException e) {
                      throw new IllegalStateException(e);
                    }
                  }));
    }
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(most.get()).isEqualTo(1);
    assertThat(tokens).hasSize(6).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void aWriteGuardedByALostLockIsNotDone() throws Exception {
    Held first = new Lock(client, "guarded", TTL).acquire(LIMIT);
    var _ = client.keys().delete(first.key());
    Held second = new Lock(client, "guarded", TTL).acquire(LIMIT);

    boolean late = write(first, "late");
    boolean now = write(second, "now");

    assertThat(late).isFalse();
    assertThat(now).isTrue();
    assertThat(second.token()).isGreaterThan(first.token());
    first.close();
    second.close();
  }

  @Test
  void whoGivesUpWaitingGivesItsPlaceBack() throws Exception {
    Held held = new Lock(client, "taken", TTL).acquire(LIMIT);

    assertThatThrownBy(() -> new Lock(client, "taken", TTL).acquire(Duration.ofMillis(300)))
        .isInstanceOf(TimeoutException.class);

    assertThat(client.keys().prefix(bytes("taken/"), 10).getCount()).isEqualTo(1);
    held.close();
    assertThat(client.keys().prefix(bytes("taken/"), 10).getCount()).isZero();
  }

  @Test
  void theHolderIsToldThatTheLockIsLost() throws Exception {
    Held held = new Lock(client, "lost", TTL).acquire(LIMIT);
    long lease = client.keys().get(held.key()).orElseThrow().getLease();

    var _ = client.leases().revoke(lease);

    await().atMost(LIMIT).until(() -> !held.isHeld());
  }

  @Test
  void anElectionHasOneLeaderWhoseWordsAllHear() throws Exception {
    Election election = new Election(client, "office", TTL);
    List<String> heard = new CopyOnWriteArrayList<>();
    Leading first = election.campaign(bytes("first"), LIMIT);
    try (Watch _ = election.observe(leader -> heard.add(value(leader)))) {
      first.proclaim(bytes("first again"));
      await().atMost(LIMIT).until(() -> heard.contains("first again"));
      Thread second =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try (Leading _ = election.campaign(bytes("second"), LIMIT)) {
                      await().atMost(LIMIT).until(() -> heard.contains("second"));
                    } catch (InterruptedException | TimeoutException e) {
                      throw new IllegalStateException(e);
                    }
                  });
      await().atMost(LIMIT).until(() -> client.keys().prefix(bytes("office/"), 10).getCount() == 2);

      assertThat(election.leader().map(LocksTest::value)).contains("first again");
      first.close();

      second.join();
      assertThat(heard).containsSubsequence("first", "first again", "second");
      assertThatThrownBy(() -> first.proclaim(bytes("too late")))
          .hasMessageContaining("another one leads");
    }
  }

  private boolean write(Held held, String value) {
    return client
        .keys()
        .txn()
        .when(held.guard())
        .then(Operations.put(bytes("fenced"), bytes(value)))
        .commit()
        .getSucceeded();
  }

  private static String value(KeyValue leader) {
    return leader.getValue().toStringUtf8();
  }
}
