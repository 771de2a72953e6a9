package dev.trivet.api.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.trivet.api.ApiCluster;
import dev.trivet.api.ApiNode;
import dev.trivet.proto.etcd.KVGrpc;
import dev.trivet.proto.etcd.LeaseGrpc;
import dev.trivet.proto.etcd.LeaseKeepAliveRequest;
import dev.trivet.proto.etcd.LeaseKeepAliveResponse;
import dev.trivet.proto.etcd.MaintenanceGrpc;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.proto.etcd.RangeRequest;
import dev.trivet.proto.etcd.RequestOp;
import dev.trivet.proto.etcd.StatusRequest;
import dev.trivet.proto.etcd.StatusResponse;
import dev.trivet.proto.etcd.TxnRequest;
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
  void readsWaitForTheNextLeaderAndANodeAloneServesOnlyWhatMayBeStale() throws Exception {
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
      var _ = keys.range(RangeRequest.newBuilder().setKey(KEY).build());
      var _ = keys.put(PutRequest.newBuilder().setKey(KEY).build());
      cluster.stop(cluster.nodes.stream().filter(node -> node != alone).findFirst().orElseThrow());
      await().atMost(ApiCluster.PATIENCE).until(() -> alone.replica.leadership().leader() == null);

      assertUnavailable(() -> keys.range(RangeRequest.newBuilder().setKey(KEY).build()));
      assertUnavailable(() -> keys.put(PutRequest.newBuilder().setKey(KEY).build()));
      RangeRequest stale = RangeRequest.newBuilder().setKey(KEY).setSerializable(true).build();
      assertThat(keys.range(stale).getCount()).isEqualTo(1);
      TxnRequest staleReads =
          TxnRequest.newBuilder().addSuccess(RequestOp.newBuilder().setRequestRange(stale)).build();
      assertThat(keys.txn(staleReads).getResponses(0).getResponseRange().getCount()).isEqualTo(1);
      assertUnavailable(() -> keys.txn(TxnRequest.getDefaultInstance()));
      StatusResponse own =
          MaintenanceGrpc.newBlockingStub(alone.channel).status(StatusRequest.getDefaultInstance());
      assertThat(own.getErrorsList()).containsExactly("etcdserver: no leader");
      assertThat(own.getLeader()).isZero();
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

      Inbox<LeaseKeepAliveResponse> renewals = new Inbox<>();
      LeaseGrpc.newStub(alone.channel)
          .leaseKeepAlive(renewals)
          .onNext(LeaseKeepAliveRequest.newBuilder().setID(1).build());
      await().atMost(ApiCluster.PATIENCE).until(() -> renewals.failure() != null);
      assertThat(Status.fromThrowable(renewals.failure()).getCode())
          .isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(renewals.messages()).isEmpty();
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
