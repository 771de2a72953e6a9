package dev.trivet.client;

import static dev.trivet.client.Texts.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.etcd.Compare;
import dev.trivet.proto.etcd.KeyValue;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.proto.etcd.RequestOp;
import dev.trivet.proto.etcd.TxnRequest;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class KeysTest {
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
  void aPutIsReadBack() {
    client.keys().put(bytes("read/back"), bytes("value"));

    assertThat(client.keys().get(bytes("read/back")).map(KeyValue::getValue))
        .contains(bytes("value"));
  }

  @Test
  void aDeletedKeyIsGone() {
    client.keys().put(bytes("deleted"), bytes("value"));

    long deleted = client.keys().delete(bytes("deleted")).getDeleted();

    assertThat(deleted).isEqualTo(1);
    assertThat(client.keys().get(bytes("deleted"))).isEmpty();
  }

  @Test
  void aPrefixHoldsItsKeysAndNoOthers() {
    for (String key : List.of("p", "p/", "p/a", "p/b", "p0")) {
      client.keys().put(bytes(key), bytes("x"));
    }

    var found = client.keys().prefix(bytes("p/"), 2);

    assertThat(found.getKvsList())
        .extracting(KeyValue::getKey)
        .containsExactly(bytes("p/"), bytes("p/a"));
    assertThat(found.getCount()).isEqualTo(3);
    assertThat(found.getMore()).isTrue();
  }

  @Test
  void aTransactionCreatesAKeyOnce() {
    TxnRequest create =
        TxnRequest.newBuilder()
            .addCompare(
                Compare.newBuilder()
                    .setKey(bytes("once"))
                    .setTarget(Compare.CompareTarget.CREATE)
                    .setCreateRevision(0))
            .addSuccess(
                RequestOp.newBuilder()
                    .setRequestPut(
                        PutRequest.newBuilder().setKey(bytes("once")).setValue(bytes("x"))))
            .build();

    boolean first = client.keys().txn(create).getSucceeded();
    boolean second = client.keys().txn(create).getSucceeded();

    assertThat(first).isTrue();
    assertThat(second).isFalse();
  }

  @Test
  void aRefusalKeepsTheServersWords() {
    assertThatThrownBy(() -> client.keys().put(bytes(""), bytes("x")))
        .isInstanceOf(TrivetException.class)
        .hasMessageContaining("key is not provided")
        .extracting(error -> ((TrivetException) error).code())
        .isEqualTo(ErrorCode.INVALID_ARGUMENT);
  }

  @Test
  void aNodeThatIsNotThereIsUnreachable() {
    try (TrivetClient nobody =
        TrivetClient.connect(List.of("127.0.0.1:" + EtcdProcess.freePort()))) {
      assertThatThrownBy(() -> nobody.keys().put(bytes("k"), bytes("v")))
          .isInstanceOf(TrivetException.class)
          .extracting(error -> ((TrivetException) error).code())
          .isEqualTo(ErrorCode.UNREACHABLE);
    }
  }
}
