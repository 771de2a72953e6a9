package dev.trivet.api.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.trivet.api.OpenPort;
import dev.trivet.proto.etcd.AuthGrpc;
import dev.trivet.proto.etcd.AuthStatusRequest;
import dev.trivet.proto.etcd.ClusterGrpc;
import dev.trivet.proto.etcd.KVGrpc;
import dev.trivet.proto.etcd.LeaseGrantRequest;
import dev.trivet.proto.etcd.LeaseGrpc;
import dev.trivet.proto.etcd.MaintenanceGrpc;
import dev.trivet.proto.etcd.MemberListRequest;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.proto.etcd.PutResponse;
import dev.trivet.proto.etcd.RangeRequest;
import dev.trivet.proto.etcd.RangeResponse;
import dev.trivet.proto.etcd.StatusRequest;
import dev.trivet.proto.etcd.StatusResponse;
import dev.trivet.proto.etcd.WatchGrpc;
import dev.trivet.proto.etcd.WatchRequest;
import dev.trivet.proto.etcd.WatchResponse;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A port whose node is a learner, and then is none. */
@Timeout(60)
final class LearnerRefusalTest {
  private final AtomicBoolean isLearner = new AtomicBoolean(true);
  private final OpenPort port;
  private final ManagedChannel channel;

  private static final class Keys extends KVGrpc.KVImplBase {
    @Override
    public void range(RangeRequest request, StreamObserver<RangeResponse> observer) {
      observer.onNext(RangeResponse.newBuilder().setCount(7).build());
      observer.onCompleted();
    }

    @Override
    public void put(PutRequest request, StreamObserver<PutResponse> observer) {
      observer.onNext(PutResponse.getDefaultInstance());
      observer.onCompleted();
    }
  }

  private static final class Maintenance extends MaintenanceGrpc.MaintenanceImplBase {
    @Override
    public void status(StatusRequest request, StreamObserver<StatusResponse> observer) {
      observer.onNext(StatusResponse.newBuilder().setIsLearner(true).build());
      observer.onCompleted();
    }
  }

  LearnerRefusalTest() throws IOException {
    port =
        OpenPort.of(
            List.of(
                new Keys(),
                new Maintenance(),
                new LeaseGrpc.LeaseImplBase() {},
                new WatchGrpc.WatchImplBase() {},
                new ClusterGrpc.ClusterImplBase() {},
                new AuthGrpc.AuthImplBase() {}),
            List.of(new LearnerRefusal(isLearner::get)));
    channel = port.channel();
  }

  @AfterEach
  void stop() {
    port.close();
  }

  @Test
  void aLearnerServesItsStatusAndReadsThatMayBeStaleAndNothingElse() {
    KVGrpc.KVBlockingStub keys = KVGrpc.newBlockingStub(channel);
    RangeRequest stale = RangeRequest.newBuilder().setSerializable(true).build();

    assertThat(keys.range(stale).getCount()).isEqualTo(7);
    assertThat(
            MaintenanceGrpc.newBlockingStub(channel)
                .status(StatusRequest.getDefaultInstance())
                .getIsLearner())
        .isTrue();
    assertRefused(() -> keys.range(RangeRequest.getDefaultInstance()));
    assertRefused(() -> keys.put(PutRequest.getDefaultInstance()));
    assertRefused(
        () ->
            LeaseGrpc.newBlockingStub(channel).leaseGrant(LeaseGrantRequest.getDefaultInstance()));
    assertRefused(
        () ->
            ClusterGrpc.newBlockingStub(channel)
                .memberList(MemberListRequest.getDefaultInstance()));
    assertRefused(
        () -> AuthGrpc.newBlockingStub(channel).authStatus(AuthStatusRequest.getDefaultInstance()));
  }

  @Test
  void aWatchAtALearnerEndsAtOnce() {
    Inbox<WatchResponse> watch = new Inbox<>();

    StreamObserver<WatchRequest> requests = WatchGrpc.newStub(channel).watch(watch);
    await().until(() -> watch.failure() != null);

    assertThat(requests).isNotNull();
    assertThat(String.valueOf(watch.failure()))
        .contains("UNAVAILABLE: etcdserver: rpc not supported for learner");
  }

  @Test
  void aVoterServesEverything() {
    isLearner.set(false);
    KVGrpc.KVBlockingStub keys = KVGrpc.newBlockingStub(channel);

    assertThat(keys.range(RangeRequest.getDefaultInstance()).getCount()).isEqualTo(7);
    assertThat(keys.put(PutRequest.getDefaultInstance())).isNotNull();
  }

  private static void assertRefused(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            refusal -> {
              assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
              assertThat(refusal.getStatus().getDescription())
                  .isEqualTo("etcdserver: rpc not supported for learner");
            });
  }
}
