package dev.trivet.client;

import static dev.trivet.client.Texts.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.etcd.CompactionRequest;
import dev.trivet.proto.etcd.KVGrpc;
import dev.trivet.proto.etcd.WatchCreateRequest;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WatchTest {
  private static final WatchCreateRequest FROM_FIRST =
      WatchCreateRequest.newBuilder().setKey(bytes("k")).setStartRevision(1).build();

  private final List<String> seen = new CopyOnWriteArrayList<>();

  @Test
  void aWatchGoesOnAfterARestartWithoutLossOrRepetition(@TempDir Path folder) {
    EtcdProcess etcd = EtcdProcess.start(folder);
    try (TrivetClient client = TrivetClient.connect(List.of(etcd.endpoint()));
        Watch _ = watch(client)) {
      put(client, "1");
      put(client, "2");
      awaitSeen("1", "2");

      etcd.close();
      etcd = EtcdProcess.start(folder, etcd.endpoint());
      await().atMost(Duration.ofSeconds(20)).ignoreExceptions().until(() -> put(client, "3"));

      awaitSeen("1", "2", "3");
    } finally {
      etcd.close();
    }
  }

  @Test
  void aWatchOfCompactedRevisionsEndsAndSaysSo(@TempDir Path folder) {
    try (EtcdProcess etcd = EtcdProcess.start(folder);
        TrivetClient client = TrivetClient.connect(List.of(etcd.endpoint()))) {
      put(client, "1");
      put(client, "2");
      long newest = client.keys().prefix(bytes("k"), 1).getHeader().getRevision();
      KVGrpc.newBlockingStub(client.channel())
          .compact(CompactionRequest.newBuilder().setRevision(newest).build());

      try (Watch watch = watch(client)) {
        assertThatThrownBy(() -> watch.ended().get())
            .isInstanceOf(ExecutionException.class)
            .cause()
            .extracting(error -> ((TrivetException) error).code())
            .isEqualTo(ErrorCode.COMPACTED);
      }
    }
  }

  @Test
  void aWatchGoesOnHoweverItsStreamFails() throws IOException {
    List<Status> failures =
        List.of(Status.CANCELLED, Status.INTERNAL, Status.UNKNOWN, Status.DEADLINE_EXCEEDED);

    try (SmallNode node = SmallNode.with(new FailingWatches(failures));
        TrivetClient client = TrivetClient.connect(List.of(node.endpoint()));
        Watch _ = watch(client)) {
      awaitSeen("1", "2", "3", "4", "5");
    }
  }

  private Watch watch(TrivetClient client) {
    return client.watch(
        FROM_FIRST,
        response ->
            response
                .getEventsList()
                .forEach(event -> seen.add(event.getKv().getValue().toStringUtf8())));
  }

  private static boolean put(TrivetClient client, String value) {
    return client.keys().put(bytes("k"), bytes(value)).getHeader().getRevision() > 0;
  }

  private void awaitSeen(String... values) {
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(seen).containsExactly(values));
  }
}
