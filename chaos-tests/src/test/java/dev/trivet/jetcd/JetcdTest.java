package dev.trivet.jetcd;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.trivet.local.LocalCluster;
import dev.trivet.local.NodeProcess;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.Election;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.cluster.Member;
import io.etcd.jetcd.election.CampaignResponse;
import io.etcd.jetcd.election.LeaderKey;
import io.etcd.jetcd.election.LeaderResponse;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.lease.LeaseKeepAliveResponse;
import io.etcd.jetcd.lock.LockResponse;
import io.etcd.jetcd.maintenance.StatusResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.LeaseOption;
import io.etcd.jetcd.options.PutOption;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.support.CloseableClient;
import io.etcd.jetcd.watch.WatchEvent;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What jetcd 0.8.6 offers, each face once. */
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class JetcdTest {
  private static final Duration READY = Duration.ofMinutes(3);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private static Path folder;
  private static LocalCluster cluster;
  private static Client client;

  @BeforeAll
  static void startCluster() throws IOException, InterruptedException {
    cluster = LocalCluster.at(folder, 3, List.of("-XX:TieredStopAtLevel=1"));
    cluster.startAll();
    cluster.awaitReady(READY);
    client = connect();
  }

  @AfterAll
  static void stopCluster() {
    if (client != null) {
      client.close();
    }
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  void keysArePutReadAtAnyRevisionAndDeleted() throws Exception {
    long first =
        done(client.getKVClient().put(bytes("kv/a"), bytes("1"))).getHeader().getRevision();
    var replaced =
        done(
            client
                .getKVClient()
                .put(bytes("kv/a"), bytes("2"), PutOption.builder().withPrevKV().build()));
    var _ = done(client.getKVClient().put(bytes("kv/b"), bytes("3")));

    assertThat(replaced.getPrevKv().getValue()).isEqualTo(bytes("1"));
    assertThat(values(GetOption.builder().isPrefix(true).build())).containsExactly("2", "3");
    assertThat(
            values(
                GetOption.builder()
                    .isPrefix(true)
                    .withSortField(GetOption.SortTarget.MOD)
                    .withSortOrder(GetOption.SortOrder.DESCEND)
                    .withLimit(1)
                    .build()))
        .containsExactly("3");
    assertThat(values(GetOption.builder().isPrefix(true).withRevision(first).build()))
        .containsExactly("1");
    assertThat(
            done(client
                    .getKVClient()
                    .get(
                        bytes("kv/"),
                        GetOption.builder().isPrefix(true).withCountOnly(true).build()))
                .getCount())
        .isEqualTo(2);
    assertThat(
            done(client
                    .getKVClient()
                    .delete(bytes("kv/"), DeleteOption.builder().isPrefix(true).build()))
                .getDeleted())
        .isEqualTo(2);
    assertThatThrownBy(() -> values(GetOption.builder().withRevision(first + 1_000_000).build()))
        .hasMessageContaining("required revision is a future revision");
  }

  @Test
  void aTransactionTakesTheBranchOfItsCompares() throws Exception {
    Op put = Op.put(bytes("txn/a"), bytes("x"), PutOption.DEFAULT);
    Op get = Op.get(bytes("txn/a"), GetOption.DEFAULT);
    Cmp absent = new Cmp(bytes("txn/a"), Cmp.Op.EQUAL, CmpTarget.version(0));

    TxnResponse created =
        done(client.getKVClient().txn().If(absent).Then(put, get).Else(get).commit());
    TxnResponse refused = done(client.getKVClient().txn().If(absent).Then(put).Else(get).commit());

    assertThat(created.isSucceeded()).isTrue();
    assertThat(created.getGetResponses().getFirst().getKvs()).hasSize(1);
    assertThat(refused.isSucceeded()).isFalse();
    assertThat(refused.getGetResponses().getFirst().getKvs().getFirst().getValue())
        .isEqualTo(bytes("x"));
  }

  @Test
  void aLeaseThatIsKeptAliveHoldsItsKeysAndTakesThemWithIt() throws Exception {
    long lease = done(client.getLeaseClient().grant(3)).getID();
    var _ =
        done(
            client
                .getKVClient()
                .put(bytes("lease/a"), bytes("1"), PutOption.builder().withLeaseId(lease).build()));
    AtomicInteger answers = new AtomicInteger();
    try (CloseableClient _ = client.getLeaseClient().keepAlive(lease, counting(answers))) {
      await().atMost(PATIENCE).until(() -> answers.get() >= 4);

      var known =
          done(
              client
                  .getLeaseClient()
                  .timeToLive(lease, LeaseOption.builder().withAttachedKeys().build()));
      assertThat(known.getGrantedTTL()).isEqualTo(3);
      assertThat(known.getKeys()).containsExactly(bytes("lease/a"));
    }
    await()
        .atMost(PATIENCE)
        .until(() -> done(client.getKVClient().get(bytes("lease/a"))).getCount() == 0);
    assertThatThrownBy(() -> done(client.getLeaseClient().revoke(lease)))
        .hasMessageContaining("requested lease not found");
    assertThatThrownBy(() -> done(client.getLeaseClient().keepAliveOnce(lease)))
        .hasMessageContaining("lease not found");
  }

  @Test
  void aWatchMissesNothingAndRepeatsNothingOverAKilledLeader() throws Exception {
    List<Long> seen = new CopyOnWriteArrayList<>();
    WatchOption option = WatchOption.builder().isPrefix(true).withRevision(1).build();
    try (Client own = connect();
        Watch.Watcher _ =
            own.getWatchClient()
                .watch(
                    bytes("watch/"),
                    option,
                    response -> {
                      for (WatchEvent event : response.getEvents()) {
                        seen.add(event.getKeyValue().getModRevision());
                      }
                    })) {
      List<Long> written = new CopyOnWriteArrayList<>();
      write(written, 20);
      await().atMost(PATIENCE).until(() -> seen.size() >= 20);

      NodeProcess leader = leader();
      leader.kill();
      write(written, 20);
      cluster.start(leader);
      cluster.awaitReady(READY);
      write(written, 20);

      await().atMost(PATIENCE).untilAsserted(() -> assertThat(seen).containsAll(written));
      assertThat(seen).doesNotHaveDuplicates().isSorted();
    }
  }

  @Test
  void membersAreListedAndTellTheirStatus() throws Exception {
    List<Member> members = done(client.getClusterClient().listMember()).getMembers();

    assertThat(members).extracting(Member::getName).containsExactlyInAnyOrder("n1", "n2", "n3");
    for (String endpoint : cluster.endpoints()) {
      StatusResponse status =
          done(client.getMaintenanceClient().statusMember("http://" + endpoint));
      assertThat(members).extracting(Member::getId).contains(status.getLeader());
      assertThat(status.getDbSize()).isPositive();
      assertThat(status.getRaftAppliedIndex()).isPositive();
      var _ = done(client.getMaintenanceClient().defragmentMember("http://" + endpoint));
    }
    assertThat(done(client.getMaintenanceClient().listAlarms()).getAlarms()).isEmpty();
  }

  @Test
  void aSnapshotComesWholeAndTheLeadershipMoves() throws Exception {
    ByteArrayOutputStream snapshot = new ByteArrayOutputStream();

    assertThat(done(client.getMaintenanceClient().snapshot(snapshot))).isPositive();
    NodeProcess leader = leader();
    try (Client direct = Client.builder().endpoints("http://" + leader.endpoint()).build()) {
      long other =
          done(client.getClusterClient().listMember()).getMembers().stream()
              .filter(member -> !member.getName().equals(leader.name()))
              .findFirst()
              .orElseThrow()
              .getId();
      var _ = done(direct.getMaintenanceClient().moveLeader(other));
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  done(client.getMaintenanceClient().statusMember("http://" + leader.endpoint()))
                          .getLeader()
                      == other);
    }
  }

  @Test
  void aLockIsHeldByOneUntilItIsUnlockedOrItsLeaseEnds() throws Exception {
    long first = done(client.getLeaseClient().grant(600)).getID();
    long second = done(client.getLeaseClient().grant(600)).getID();
    long third = done(client.getLeaseClient().grant(600)).getID();
    ByteSequence held = done(client.getLockClient().lock(bytes("nightly"), first)).getKey();

    CompletableFuture<LockResponse> next = client.getLockClient().lock(bytes("nightly"), second);
    await().atMost(PATIENCE).until(() -> countUnder("nightly/") == 2);
    CompletableFuture<LockResponse> last = client.getLockClient().lock(bytes("nightly"), third);
    await().atMost(PATIENCE).until(() -> countUnder("nightly/") == 3);
    assertThat(next).isNotDone();
    var _ = done(client.getLockClient().unlock(held));
    assertThat(done(next).getKey()).isNotEqualTo(held);
    assertThat(last).isNotDone();
    var _ = done(client.getLeaseClient().revoke(second));

    assertThat(done(client.getKVClient().get(done(last).getKey())).getKvs().getFirst().getLease())
        .isEqualTo(third);
  }

  @Test
  void anElectionHasOneLeaderWhoseWordsAreHeardUntilItResigns() throws Exception {
    Election elections = client.getElectionClient();
    List<String> heard = new CopyOnWriteArrayList<>();
    elections.observe(bytes("primary"), hearing(heard));
    long first = done(client.getLeaseClient().grant(600)).getID();
    long second = done(client.getLeaseClient().grant(600)).getID();
    LeaderKey leader = done(elections.campaign(bytes("primary"), first, bytes("one"))).getLeader();
    CompletableFuture<CampaignResponse> next =
        elections.campaign(bytes("primary"), second, bytes("two"));
    await().atMost(PATIENCE).until(() -> countUnder("primary/") == 2);

    var _ = done(elections.proclaim(leader, bytes("one more")));
    assertThat(done(elections.leader(bytes("primary"))).getKv().getValue())
        .isEqualTo(bytes("one more"));
    assertThat(next).isNotDone();
    await().atMost(PATIENCE).until(() -> heard.contains("one more"));
    var _ = done(elections.resign(leader));

    assertThat(done(next).getLeader().getLease()).isEqualTo(second);
    await().atMost(PATIENCE).until(() -> heard.getLast().equals("two"));
    assertThatThrownBy(() -> done(elections.proclaim(leader, bytes("too late"))))
        .hasMessageContaining("NotLeaderException");
    assertThatThrownBy(() -> done(elections.leader(bytes("nobody's"))))
        .hasMessageContaining("NoLeaderException");
  }

  @Test
  void membersHaveTheSameHashOfTheirKeysAtARevision() throws Exception {
    long revision =
        done(client.getKVClient().put(bytes("hash/a"), bytes("1"))).getHeader().getRevision();

    List<Integer> hashes = new ArrayList<>();
    for (String endpoint : cluster.endpoints()) {
      // A member that is behind says that it does not have the revision yet.
      await()
          .atMost(PATIENCE)
          .ignoreExceptions()
          .until(
              () ->
                  hashes.add(
                      done(client.getMaintenanceClient().hashKV("http://" + endpoint, revision))
                          .getHash()));
    }

    assertThat(hashes).hasSize(3).containsOnly(hashes.getFirst());
  }

  private static long countUnder(String prefix) throws Exception {
    return done(client
            .getKVClient()
            .get(bytes(prefix), GetOption.builder().isPrefix(true).withCountOnly(true).build()))
        .getCount();
  }

  private static Election.Listener hearing(List<String> heard) {
    return new Election.Listener() {
      @Override
      public void onNext(LeaderResponse response) {
        heard.add(response.getKv().getValue().toString());
      }

      @Override
      public void onError(Throwable failure) {
        heard.add(failure.toString());
      }

      @Override
      public void onCompleted() {}
    };
  }

  private static Client connect() {
    return Client.builder()
        .endpoints(
            cluster.endpoints().stream()
                .map(endpoint -> "http://" + endpoint)
                .toArray(String[]::new))
        .build();
  }

  private static NodeProcess leader() throws Exception {
    long leader =
        done(client.getMaintenanceClient().statusMember("http://" + cluster.endpoints().getFirst()))
            .getLeader();
    String name =
        done(client.getClusterClient().listMember()).getMembers().stream()
            .filter(member -> member.getId() == leader)
            .findFirst()
            .orElseThrow()
            .getName();
    return cluster.nodes().stream()
        .filter(node -> node.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** Writes until so many writes were acknowledged; one whose outcome is unknown does not count. */
  private static void write(List<Long> written, int count) {
    int wanted = written.size() + count;
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(1))
        .ignoreExceptions()
        .until(
            () -> {
              written.add(
                  done(client.getKVClient().put(bytes("watch/a"), bytes("x")))
                      .getHeader()
                      .getRevision());
              return written.size() >= wanted;
            });
  }

  private static List<String> values(GetOption option) throws Exception {
    GetResponse response = done(client.getKVClient().get(bytes("kv/"), option));
    return response.getKvs().stream().map(KeyValue::getValue).map(ByteSequence::toString).toList();
  }

  private static StreamObserver<LeaseKeepAliveResponse> counting(AtomicInteger answers) {
    return new StreamObserver<>() {
      @Override
      public void onNext(LeaseKeepAliveResponse response) {
        answers.incrementAndGet();
      }

      @Override
      public void onError(Throwable failure) {
        answers.set(Integer.MIN_VALUE);
      }

      @Override
      public void onCompleted() {}
    };
  }

  private static <T> T done(CompletableFuture<T> future)
      throws InterruptedException, ExecutionException, TimeoutException {
    return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  private static ByteSequence bytes(String text) {
    return ByteSequence.from(text, UTF_8);
  }
}
