package dev.trivet.client;

import static dev.trivet.client.Texts.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.etcd.PutRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LeasesTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private EtcdProcess etcd;
  private TrivetClient client;

  @BeforeEach
  void start(@TempDir Path folder) {
    etcd = EtcdProcess.start(folder);
    client = TrivetClient.connect(List.of(etcd.endpoint()));
  }

  @AfterEach
  void stop() {
    if (client != null) {
      client.close();
    }
    if (etcd != null) {
      etcd.close();
    }
  }

  @Test
  void heldLeasesOutliveTheirTimeAndEndWhenTheyAreClosed() {
    KeptLease first = client.leases().hold(2);
    KeptLease second = client.leases().hold(3);
    put("first", first);
    put("second", second);

    await().during(Duration.ofSeconds(7)).atMost(LIMIT).until(() -> has("first") && has("second"));
    first.close();

    await().atMost(LIMIT).until(() -> !has("first"));
    assertThat(has("second")).isTrue();
    assertThat(first.lost()).isCompletedExceptionally();
    assertThat(second.isAlive()).isTrue();
  }

  @Test
  void whoHoldsALeaseThatSomebodyEndsIsTold() {
    KeptLease lease = client.leases().hold(2);

    var _ = client.leases().revoke(lease.id());

    await().atMost(LIMIT).until(() -> !lease.isAlive());
    assertThat(lease.lost().join().code()).isEqualTo(ErrorCode.LEASE_NOT_FOUND);
  }

  @Test
  void whoHoldsALeaseThatNobodyConfirmsIsToldWhenItsTimeIsOver() {
    KeptLease lease = client.leases().hold(2);

    etcd.close();

    await().atMost(LIMIT).until(() -> !lease.isAlive());
    assertThat(lease.lost().join()).hasMessageContaining("no node has confirmed");
  }

  @Test
  void closingTheClientTellsWhoHoldsALease() {
    KeptLease lease = client.leases().hold(60);

    client.close();

    assertThat(lease.lost().join().code()).isEqualTo(ErrorCode.STOPPING);
  }

  @Test
  void aLeaseTellsItsTimeAndKeys() {
    long id = client.leases().grant(100).getID();
    var _ = client.keys().put(PutRequest.newBuilder().setKey(bytes("on-it")).setLease(id).build());

    var told = client.leases().timeToLive(id, true);

    assertThat(told.getGrantedTTL()).isEqualTo(100);
    assertThat(told.getKeysList()).containsExactly(bytes("on-it"));
    assertThat(client.leases().list()).containsExactly(id);
  }

  private boolean has(String key) {
    return client.keys().get(bytes(key)).isPresent();
  }

  private void put(String key, KeptLease lease) {
    var _ =
        client.keys().put(PutRequest.newBuilder().setKey(bytes(key)).setLease(lease.id()).build());
  }
}
