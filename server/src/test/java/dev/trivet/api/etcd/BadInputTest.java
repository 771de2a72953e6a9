package dev.trivet.api.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.google.common.io.ByteStreams;
import com.google.protobuf.ByteString;
import dev.trivet.api.ApiCluster;
import dev.trivet.api.edge.RequestLimits;
import dev.trivet.proto.etcd.Compare;
import dev.trivet.proto.etcd.KVGrpc;
import dev.trivet.proto.etcd.LeaseGrantRequest;
import dev.trivet.proto.etcd.LeaseGrpc;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.proto.etcd.RangeRequest;
import dev.trivet.proto.etcd.RequestOp;
import dev.trivet.proto.etcd.TxnRequest;
import dev.trivet.proto.etcd.WatchCreateRequest;
import dev.trivet.proto.etcd.WatchGrpc;
import dev.trivet.proto.etcd.WatchRequest;
import dev.trivet.proto.etcd.WatchResponse;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What must not be sent is answered clearly, and whoever else calls is served on. */
@Timeout(60)
@ExtendWith(ApiCluster.Shared.class)
final class BadInputTest {
  private final Channel channel;
  private final KVGrpc.KVBlockingStub keys;

  BadInputTest(ApiCluster cluster) {
    channel = cluster.follower(0).channel;
    keys = KVGrpc.newBlockingStub(channel);
  }

  @AfterEach
  void othersAreServedOn() {
    var _ = keys.put(PutRequest.newBuilder().setKey(text("bad/after")).build());
    assertThat(keys.range(RangeRequest.newBuilder().setKey(text("bad/after")).build()).getCount())
        .isEqualTo(1);
  }

  @Test
  void bytesThatAreNoMessageAreRefused() {
    // etcd's library says INTERNAL, ours UNKNOWN: both before any service sees the call.
    assertThat(codeOf(() -> raw(new byte[] {0x0a, 0x7f, 1, 2, 3}))).isEqualTo(Status.Code.UNKNOWN);
  }

  @Test
  void aMessageFarAboveTheLimitIsRefused() {
    PutRequest huge =
        PutRequest.newBuilder()
            .setKey(text("bad/huge"))
            .setValue(ByteString.copyFrom(new byte[32 << 20]))
            .build();

    assertThat(codeOf(() -> keys.put(huge)))
        .isIn(Status.Code.RESOURCE_EXHAUSTED, Status.Code.CANCELLED);
  }

  @Test
  void transactionsNestedDeeplyAreRefused() {
    TxnRequest.Builder nested =
        TxnRequest.newBuilder().addSuccess(RequestOp.newBuilder().setRequestPut(put("bad/deep")));
    for (int i = 0; i < 1_000; i++) {
      nested = TxnRequest.newBuilder().addSuccess(RequestOp.newBuilder().setRequestTxn(nested));
    }
    TxnRequest request = nested.build();

    assertThat(codeOf(() -> keys.txn(request))).isEqualTo(Status.Code.UNKNOWN);
  }

  @Test
  void operationsOfNestedTransactionsCountOnTop() {
    int limit = RequestLimits.DEFAULT.operations();
    TxnRequest.Builder inner = TxnRequest.newBuilder();
    for (int i = 0; i < limit - 1; i++) {
      inner.addSuccess(RequestOp.newBuilder().setRequestPut(put("bad/many/" + i)));
    }
    TxnRequest.Builder outer =
        TxnRequest.newBuilder().addSuccess(RequestOp.newBuilder().setRequestTxn(inner));

    var _ = keys.txn(outer.build());
    outer.addCompare(Compare.newBuilder().setKey(text("bad/a")));
    outer.addCompare(Compare.newBuilder().setKey(text("bad/b")));

    assertThatThrownBy(() -> keys.txn(outer.build()))
        .hasMessage("INVALID_ARGUMENT: etcdserver: too many operations in txn request");
  }

  @Test
  void unknownNamesOfEnumsAreRefused() {
    assertThatThrownBy(
            () ->
                keys.range(
                    RangeRequest.newBuilder().setKey(text("bad/e")).setSortTargetValue(9).build()))
        .hasMessage("INVALID_ARGUMENT: etcdserver: invalid sort option");
    assertThatThrownBy(
            () ->
                keys.range(
                    RangeRequest.newBuilder().setKey(text("bad/e")).setSortOrderValue(9).build()))
        .hasMessage("INVALID_ARGUMENT: etcdserver: invalid sort option");
    assertThat(
            codeOf(
                () ->
                    keys.txn(
                        TxnRequest.newBuilder()
                            .addCompare(
                                Compare.newBuilder().setKey(text("bad/e")).setTargetValue(9))
                            .addSuccess(RequestOp.newBuilder().setRequestPut(put("bad/e")))
                            .build())))
        .isEqualTo(Status.Code.INVALID_ARGUMENT);
  }

  @Test
  void aWatchFromBeforeTheFirstRevisionIsCancelledAndTheNextOneOfItsStreamIsServed() {
    Inbox<WatchResponse> inbox = new Inbox<>();
    StreamObserver<WatchRequest> stream = WatchGrpc.newStub(channel).watch(inbox);

    stream.onNext(watch(-1));
    stream.onNext(watch(Long.MIN_VALUE));
    stream.onNext(watch(0));

    assertThat(inbox.awaitCount(3))
        .extracting(WatchResponse::getCreated, WatchResponse::getCanceled)
        .containsExactly(tuple(true, true), tuple(true, true), tuple(true, false));
    assertThat(inbox.messages().getFirst().getCancelReason())
        .isEqualTo("etcdserver: mvcc: required revision has been compacted");
    stream.onCompleted();
  }

  private static WatchRequest watch(long startRevision) {
    return WatchRequest.newBuilder()
        .setCreateRequest(
            WatchCreateRequest.newBuilder()
                .setKey(text("bad/watch"))
                .setStartRevision(startRevision))
        .build();
  }

  @Test
  void aLeaseOfTooLongATimeIsRefused() {
    assertThatThrownBy(
            () ->
                LeaseGrpc.newBlockingStub(channel)
                    .leaseGrant(LeaseGrantRequest.newBuilder().setTTL(9_000_000_001L).build()))
        .hasMessage("OUT_OF_RANGE: etcdserver: too large lease TTL");
  }

  @Test
  void aKeyMayBeAsLongAsARequest() {
    ByteString key = ByteString.copyFrom(new byte[1 << 20]).concat(text("k"));

    var _ = keys.put(PutRequest.newBuilder().setKey(key).setValue(text("v")).build());

    assertThat(keys.range(RangeRequest.newBuilder().setKey(key).build()).getKvs(0).getValue())
        .isEqualTo(text("v"));
  }

  private byte[] raw(byte[] request) {
    MethodDescriptor<byte[], byte[]> method =
        MethodDescriptor.newBuilder(Raw.BYTES, Raw.BYTES)
            .setFullMethodName(KVGrpc.getPutMethod().getFullMethodName())
            .setType(MethodDescriptor.MethodType.UNARY)
            .build();
    return ClientCalls.blockingUnaryCall(channel, method, CallOptions.DEFAULT, request);
  }

  private static final class Raw implements MethodDescriptor.Marshaller<byte[]> {
    static final Raw BYTES = new Raw();

    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return ByteStreams.toByteArray(stream);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static Status.Code codeOf(Supplier<?> call) {
    try {
      var _ = call.get();
      return Status.Code.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode();
    }
  }

  private static PutRequest put(String key) {
    return PutRequest.newBuilder().setKey(text(key)).build();
  }

  private static ByteString text(String text) {
    return ByteString.copyFromUtf8(text);
  }
}
