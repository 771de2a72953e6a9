package dev.trivet.api.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.trivet.api.ApiCluster;
import dev.trivet.api.ApiNode;
import dev.trivet.api.edge.LeaderNaming;
import dev.trivet.api.edge.RequestLimits;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.etcd.Compare;
import dev.trivet.proto.etcd.DeleteRangeRequest;
import dev.trivet.proto.etcd.KVGrpc;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.proto.etcd.PutResponse;
import dev.trivet.proto.etcd.RangeRequest;
import dev.trivet.proto.etcd.RangeResponse;
import dev.trivet.proto.etcd.RequestOp;
import dev.trivet.proto.etcd.TxnRequest;
import dev.trivet.proto.etcd.TxnResponse;
import dev.trivet.state.keys.KeyQueries;
import dev.trivet.store.ReadView;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@Timeout(60)
@ExtendWith(ApiCluster.Shared.class)
final class KeyServiceTest {
  private final ApiCluster cluster;
  private final KVGrpc.KVBlockingStub leader;
  private final KVGrpc.KVBlockingStub follower;
  private final KVGrpc.KVBlockingStub other;

  KeyServiceTest(ApiCluster cluster) {
    this.cluster = cluster;
    leader = KVGrpc.newBlockingStub(cluster.leader().channel);
    follower = KVGrpc.newBlockingStub(cluster.follower(0).channel);
    other = KVGrpc.newBlockingStub(cluster.follower(1).channel);
  }

  @Test
  void aReadSeesEveryWriteThatWasAcknowledgedBeforeItOnAnyNode() {
    for (int i = 0; i < 30; i++) {
      ByteString value = ByteString.copyFromUtf8("v" + i);
      PutRequest request = put("keys/seen").setValue(value).build();
      TxnRequest reading = TxnRequest.newBuilder().addSuccess(rangeOp("keys/seen")).build();
      PutResponse put = cluster.whenLed(() -> follower.put(request));

      RangeResponse range = cluster.whenLed(() -> other.range(range("keys/seen").build()));
      TxnResponse txn = cluster.whenLed(() -> other.txn(reading));

      assertThat(range.getKvs(0).getValue()).isEqualTo(value);
      assertThat(range.getHeader().getRevision())
          .isGreaterThanOrEqualTo(put.getHeader().getRevision());
      assertThat(txn.getResponses(0).getResponseRange().getKvs(0).getValue()).isEqualTo(value);
    }
  }

  @Test
  void aRevisionBelowTheFirstIsNow() {
    var _ = leader.put(put("keys/below").setValue(bytes(1)).build());
    var _ = leader.put(put("keys/below").setValue(bytes(2)).build());

    for (long below : new long[] {-1, Long.MIN_VALUE}) {
      RangeResponse found = other.range(range("keys/below").setRevision(below).build());

      assertThat(found.getKvs(0).getValue()).isEqualTo(bytes(2));
    }
  }

  @Test
  void aHeaderTellsClusterMemberTermAndRevision() {
    ApiNode node = cluster.follower(0);

    PutResponse first = follower.put(put("keys/header").build());
    PutResponse second = follower.put(put("keys/header").build());

    assertThat(first.getHeader().getClusterId()).isEqualTo(0xc1);
    assertThat(first.getHeader().getMemberId()).isEqualTo(node.self.id());
    assertThat(first.getHeader().getRaftTerm()).isPositive();
    assertThat(second.getHeader().getRevision()).isEqualTo(first.getHeader().getRevision() + 1);
  }

  @Test
  void aRequestAtTheLimitIsTakenAndOneAboveItIsTooLarge() {
    int overhead =
        put("keys/large").setValue(bytes(1 << 20)).build().getSerializedSize() - (1 << 20);
    int largest = RequestLimits.DEFAULT.requestBytes() - overhead;

    var _ = follower.put(put("keys/large").setValue(bytes(largest)).build());

    assertThat(other.range(range("keys/large").build()).getKvs(0).getValue().size())
        .isEqualTo(largest);
    assertRefused(
        () -> follower.put(put("keys/large").setValue(bytes(largest + 1)).build()),
        ErrorCode.REQUEST_TOO_LARGE);
  }

  @Test
  void aTransactionThatOnlyReadsMakesNoLogEntry() {
    var _ = leader.put(put("keys/read").build());
    long before = cluster.leader().replica.committedIndex();
    TxnRequest request =
        TxnRequest.newBuilder()
            .addCompare(
                Compare.newBuilder()
                    .setKey(ByteString.copyFromUtf8("keys/read"))
                    .setTarget(Compare.CompareTarget.VERSION)
                    .setResult(Compare.CompareResult.GREATER))
            .addSuccess(rangeOp("keys/read"))
            .addSuccess(
                RequestOp.newBuilder()
                    .setRequestTxn(TxnRequest.newBuilder().addFailure(rangeOp("keys/none"))))
            .build();

    TxnResponse response = leader.txn(request);

    assertThat(response.getSucceeded()).isTrue();
    assertThat(response.getResponses(0).getResponseRange().getCount()).isEqualTo(1);
    assertThat(response.getResponses(1).getResponseTxn().getSucceeded()).isTrue();
    assertThat(response.getHeader().getRevision()).isGreaterThan(1);
    assertThat(cluster.leader().replica.committedIndex()).isEqualTo(before);
  }

  @Test
  void aRefusalHasEtcdsTextAndWritesNothing() {
    TxnRequest.Builder twice = TxnRequest.newBuilder();
    twice.addSuccess(putOp("keys/twice", 0)).addSuccess(putOp("keys/twice", 0));
    TxnRequest.Builder meets = TxnRequest.newBuilder();
    meets.addSuccess(putOp("keys/refused", 0)).addSuccess(deletionFrom("keys/a"));
    TxnRequest.Builder leaseless = TxnRequest.newBuilder();
    leaseless.addSuccess(putOp("keys/refused", 0)).addSuccess(putOp("keys/leased", 987));

    assertRefused(() -> follower.put(put("").build()), ErrorCode.EMPTY_KEY);
    assertRefused(
        () -> follower.put(put("keys/new").setIgnoreValue(true).build()), ErrorCode.KEY_NOT_FOUND);
    assertRefused(() -> follower.txn(twice.build()), ErrorCode.DUPLICATE_KEY);
    assertRefused(() -> follower.txn(meets.build()), ErrorCode.DUPLICATE_KEY);
    assertRefused(() -> follower.txn(leaseless.build()), ErrorCode.LEASE_NOT_FOUND);
    assertThat(other.range(range("keys/refused").build()).getCount()).isZero();
  }

  @Test
  void anAnswerAboveTheLimitIsRefused() {
    var _ = leader.put(put("keys/answer").setValue(bytes(1000)).build());

    try (ReadView view = cluster.leader().store.view()) {
      RangeRequest request = range("keys/answer").build();
      assertThat(KeyQueries.range(view, request, 1100).getCount()).isEqualTo(1);
      assertThatThrownBy(() -> KeyQueries.range(view, request, 1000))
          .isInstanceOfSatisfying(
              TrivetException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.RESPONSE_TOO_LARGE));
    }
  }

  @Test
  void everyReplyNamesTheLeader() {
    ApiNode node = cluster.leader();
    AtomicReference<Metadata> headers = new AtomicReference<>(new Metadata());
    AtomicReference<Metadata> trailers = new AtomicReference<>(new Metadata());

    var _ =
        follower
            .withInterceptors(MetadataUtils.newCaptureMetadataInterceptor(headers, trailers))
            .range(range("keys/any").build());

    assertThat(headers.get().get(LeaderNaming.LEADER))
        .isEqualTo(node.self.name() + "=" + node.self.clientAddress());
  }

  private static void assertRefused(Runnable call, ErrorCode code) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> {
              assertThat(e.getStatus().getCode()).isEqualTo(code.grpcCode());
              assertThat(e.getStatus().getDescription()).isEqualTo(code.text());
            });
  }

  private static PutRequest.Builder put(String key) {
    return PutRequest.newBuilder().setKey(ByteString.copyFromUtf8(key));
  }

  private static RequestOp putOp(String key, long lease) {
    return RequestOp.newBuilder().setRequestPut(put(key).setLease(lease)).build();
  }

  /** Of a key and all that follow. */
  private static RequestOp deletionFrom(String key) {
    return RequestOp.newBuilder()
        .setRequestDeleteRange(
            DeleteRangeRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(key))
                .setRangeEnd(bytes(1)))
        .build();
  }

  private static RangeRequest.Builder range(String key) {
    return RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8(key));
  }

  private static RequestOp rangeOp(String key) {
    return RequestOp.newBuilder().setRequestRange(range(key)).build();
  }

  private static ByteString bytes(int size) {
    return ByteString.copyFrom(new byte[size]);
  }
}
