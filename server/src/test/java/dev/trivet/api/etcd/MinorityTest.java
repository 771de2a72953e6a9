package dev.trivet.api.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.trivet.api.ApiCluster;
import dev.trivet.api.ApiNode;
import dev.trivet.proto.etcd.KVGrpc;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.proto.etcd.RangeRequest;
import dev.trivet.proto.etcd.WatchCreateRequest;
import dev.trivet.proto.etcd.WatchGrpc;
import dev.trivet.proto.etcd.WatchRequest;
import dev.trivet.proto.etcd.WatchResponse;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a node does that has lost the others. */
@Timeout(180)
final class MinorityTest {
  private static final ByteString KEY = ByteString.copyFromUtf8("k");

  @Test
  void aNodeAloneServesOnlyWhatMayBeStaleAndSaysSo() throws Exception {
    try (ApiCluster cluster = new ApiCluster()) {
      ApiNode alone = cluster.follower(0);
      KVGrpc.KVBlockingStub keys = KVGrpc.newBlockingStub(alone.channel);
      var _ = keys.put(PutRequest.newBuilder().setKey(KEY).build());
      var _ = keys.range(RangeRequest.newBuilder().setKey(KEY).build());
      Inbox<WatchResponse> watch = new Inbox<>();
      StreamObserver<WatchRequest> requests =
          WatchGrpc.newStub(alone.channel)
              .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(hasLeader()))
              .watch(watch);
      requests.onNext(
          WatchRequest.newBuilder()
              .setCreateRequest(WatchCreateRequest.newBuilder().setKey(KEY))
              .build());
      watch.awaitCount(1);

      cluster.stop(cluster.leader());
      cluster.stop(cluster.nodes.stream().filter(node -> node != alone).findFirst().orElseThrow());
      await().atMost(ApiCluster.PATIENCE).until(() -> alone.replica.leadership().leader() == null);

      assertUnavailable(() -> keys.range(RangeRequest.newBuilder().setKey(KEY).build()));
      assertUnavailable(() -> keys.put(PutRequest.newBuilder().setKey(KEY).build()));
      RangeRequest stale = RangeRequest.newBuilder().setKey(KEY).setSerializable(true).build();
      assertThat(keys.range(stale).getCount()).isEqualTo(1);
      assertUnavailable(
          () ->
              keys.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(hasLeader()))
                  .range(stale));
      assertThat(status(alone, "/readyz")).isEqualTo(503);
      assertThat(status(alone, "/health")).isEqualTo(503);
      assertThat(status(alone, "/health?serializable=true")).isEqualTo(200);
      assertThat(status(alone, "/livez")).isEqualTo(200);
      await().atMost(ApiCluster.PATIENCE).until(() -> watch.failure() != null);
      assertThat(String.valueOf(watch.failure())).contains("etcdserver: no leader");
    }
  }

  private static Metadata hasLeader() {
    Metadata metadata = new Metadata();
    metadata.put(Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER), "true");
    return metadata;
  }

  private static void assertUnavailable(Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> {
              assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
              assertThat(e.getStatus().getDescription()).isEqualTo("etcdserver: no leader");
            });
  }

  private static int status(ApiNode node, String path) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
              HttpRequest.newBuilder(URI.create("http://" + node.self.clientAddress() + path))
                  .build(),
              BodyHandlers.ofString())
          .statusCode();
    }
  }
}
