package dev.trivet.api.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.trivet.api.ApiCluster;
import dev.trivet.proto.etcd.KVGrpc;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.proto.etcd.WatchCreateRequest;
import dev.trivet.proto.etcd.WatchGrpc;
import dev.trivet.proto.etcd.WatchRequest;
import dev.trivet.proto.etcd.WatchResponse;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Clients that open a stream and do not read it. */
@Timeout(120)
@ExtendWith(ApiCluster.Shared.class)
final class SlowWatcherTest {
  private static final int PUTS = 150;
  private static final int VALUE_BYTES = 100_000;
  private static final int MOST_REQUESTS = 1_000_000;
  private static final ByteString KEY = ByteString.copyFromUtf8("slow-watcher/");

  private final ApiCluster cluster;

  SlowWatcherTest(ApiCluster cluster) {
    this.cluster = cluster;
  }

  @Test
  void whoDoesNotReadHoldsUpNobodyAndGetsEverythingOnceHeReads() {
    Reader slow = open();
    slow.create();
    Inbox<WatchResponse> other = new Inbox<>();
    WatchGrpc.newStub(cluster.follower(0).channel).watch(other).onNext(create());
    other.awaitCount(1);
    KVGrpc.KVBlockingStub keys = KVGrpc.newBlockingStub(cluster.leader().channel);

    for (int i = 0; i < PUTS; i++) {
      var _ =
          keys.put(
              PutRequest.newBuilder()
                  .setKey(KEY)
                  .setValue(ByteString.copyFrom(new byte[VALUE_BYTES]))
                  .build());
    }
    List<WatchResponse> all = other.awaitThat(messages -> events(messages) == PUTS);
    slow.read();

    List<WatchResponse> late = slow.inbox.awaitThat(messages -> events(messages) == PUTS);
    assertThat(revisions(late)).isEqualTo(revisions(all)).isSorted();
    slow.end();
  }

  @Test
  void whoAsksAndDoesNotReadTheAnswersIsHeldBack() {
    Reader slow = open();

    for (int sent = 0; slow.requests().isReady() && sent < MOST_REQUESTS; sent++) {
      slow.requests().onNext(refused());
    }

    assertThat(slow.requests().isReady()).isFalse();
    slow.end();
  }

  private Reader open() {
    Reader reader = new Reader();
    var _ = WatchGrpc.newStub(cluster.follower(0).channel).watch(reader);
    await().atMost(ApiCluster.PATIENCE).until(() -> reader.requests().isReady());
    return reader;
  }

  /** Of an empty range: each is answered by its refusal. */
  private static WatchRequest refused() {
    return WatchRequest.newBuilder()
        .setCreateRequest(WatchCreateRequest.newBuilder().setKey(KEY).setRangeEnd(KEY))
        .build();
  }

  private static WatchRequest create() {
    return WatchRequest.newBuilder()
        .setCreateRequest(WatchCreateRequest.newBuilder().setKey(KEY))
        .build();
  }

  private static int events(List<WatchResponse> messages) {
    return messages.stream().mapToInt(WatchResponse::getEventsCount).sum();
  }

  private static List<Long> revisions(List<WatchResponse> messages) {
    return messages.stream()
        .flatMap(message -> message.getEventsList().stream())
        .map(event -> event.getKv().getModRevision())
        .toList();
  }

  /** A caller that asks for no message until it is told to. */
  private static final class Reader implements ClientResponseObserver<WatchRequest, WatchResponse> {
    private final Inbox<WatchResponse> inbox = new Inbox<>();
    private volatile @Nullable ClientCallStreamObserver<WatchRequest> call;

    @Override
    public void beforeStart(ClientCallStreamObserver<WatchRequest> started) {
      started.disableAutoRequestWithInitial(0);
      call = started;
    }

    ClientCallStreamObserver<WatchRequest> requests() {
      return Objects.requireNonNull(call);
    }

    void create() {
      requests().onNext(SlowWatcherTest.create());
    }

    void read() {
      requests().request(Integer.MAX_VALUE);
    }

    void end() {
      requests().cancel("the test is over", null);
    }

    @Override
    public void onNext(WatchResponse message) {
      inbox.onNext(message);
    }

    @Override
    public void onError(Throwable failure) {
      inbox.onError(failure);
    }

    @Override
    public void onCompleted() {
      inbox.onCompleted();
    }
  }
}
