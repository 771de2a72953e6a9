package dev.trivet.api.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.trivet.proto.etcd.KVGrpc;
import dev.trivet.proto.etcd.KeyValue;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.proto.etcd.PutResponse;
import dev.trivet.proto.etcd.RangeRequest;
import dev.trivet.proto.etcd.RangeResponse;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that do not read what they asked for. */
@Timeout(60)
final class AnswerLimitTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** More than HTTP/2's windows let a server send to who does not read. */
  private static final int ANSWER_BYTES = 3 << 20;

  private static final int LIMIT_BYTES = 10 << 20;
  private static final ByteString LARGE = ByteString.copyFrom(new byte[ANSWER_BYTES]);

  private final AtomicInteger served = new AtomicInteger();
  private final List<ManagedChannel> channels = new ArrayList<>();
  private final ClientPort port =
      new ClientPort(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
          new Served(List.of(new LargeAnswers()), List.of(), Map.of(), Map.of()),
          new AnswerLimit(
              LIMIT_BYTES, 2 * LIMIT_BYTES, Set.of(KVGrpc.getRangeMethod().getFullMethodName())));

  /** Answers everything with many bytes. */
  private final class LargeAnswers extends KVGrpc.KVImplBase {
    @Override
    public void range(RangeRequest request, StreamObserver<RangeResponse> observer) {
      served.incrementAndGet();
      KeyValue large = KeyValue.newBuilder().setValue(LARGE).build();
      observer.onNext(RangeResponse.newBuilder().addKvs(large).build());
      observer.onCompleted();
    }

    @Override
    public void put(PutRequest request, StreamObserver<PutResponse> observer) {
      served.incrementAndGet();
      observer.onNext(
          PutResponse.newBuilder().setPrevKv(KeyValue.newBuilder().setValue(LARGE)).build());
      observer.onCompleted();
    }
  }

  @BeforeEach
  void start() throws IOException {
    port.start();
  }

  @AfterEach
  void stop() {
    channels.forEach(ManagedChannel::shutdownNow);
    port.close();
  }

  @Test
  void whoDoesNotReadIsRefusedFurtherAnswersAndServedAgainWhenItReads() {
    ManagedChannel lazy = channel();
    List<Pending> calls = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      calls.add(new Pending(lazy, KVGrpc.getRangeMethod(), RangeRequest.getDefaultInstance()));
    }

    await().atMost(PATIENCE).until(() -> calls.stream().filter(Pending::isRefused).count() >= 37);
    assertThat(calls.stream().filter(each -> !each.isOver()).count()).isBetween(1L, 3L);
    assertThat(KVGrpc.newBlockingStub(channel()).range(RangeRequest.getDefaultInstance()))
        .as("another connection")
        .isNotNull();
    assertThat(new Pending(lazy, KVGrpc.getRangeMethod(), RangeRequest.getDefaultInstance()))
        .satisfies(late -> await().atMost(PATIENCE).until(late::isRefused));

    calls.forEach(Pending::read);
    await().atMost(PATIENCE).until(() -> calls.stream().allMatch(Pending::isOver));
    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(
            () ->
                KVGrpc.newBlockingStub(lazy).range(RangeRequest.getDefaultInstance()).getKvsCount()
                    == 1);
  }

  @Test
  void whoLeavesWithoutReadingLeavesNothingBehind() {
    for (int round = 0; round < 4; round++) {
      ManagedChannel lazy = channel();
      List<Pending> calls = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        calls.add(new Pending(lazy, KVGrpc.getRangeMethod(), RangeRequest.getDefaultInstance()));
      }
      await().atMost(PATIENCE).until(() -> calls.stream().anyMatch(Pending::isRefused));
      lazy.shutdownNow();
    }

    // Four times what one connection may leave waiting is more than all may together.
    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(
            () ->
                KVGrpc.newBlockingStub(channel())
                        .range(RangeRequest.getDefaultInstance())
                        .getKvsCount()
                    == 1);
  }

  @Test
  void aWriteWhoseAnswerCannotWaitMayHaveBeenApplied() {
    ManagedChannel lazy = channel();
    List<Pending> reads = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      reads.add(new Pending(lazy, KVGrpc.getRangeMethod(), RangeRequest.getDefaultInstance()));
    }
    await().atMost(PATIENCE).until(() -> served.get() == 3);

    Pending write = new Pending(lazy, KVGrpc.getPutMethod(), PutRequest.getDefaultInstance());

    await().atMost(PATIENCE).until(write::isOver);
    assertThat(String.valueOf(write.end.get())).contains("UNAVAILABLE", "request timed out");
    assertThat(served.get()).isEqualTo(4);
    assertThat(reads).noneMatch(Pending::isOver);
  }

  private ManagedChannel channel() {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", port.port())
            .usePlaintext()
            .flowControlWindow(64 << 10)
            .build();
    channels.add(channel);
    return channel;
  }

  /** A call whose answer nobody has asked for. */
  private static final class Pending {
    final AtomicReference<@Nullable Status> end = new AtomicReference<>();
    private final ClientCall<?, ?> call;

    <Q, A> Pending(ManagedChannel channel, MethodDescriptor<Q, A> method, Q request) {
      ClientCall<Q, A> begun = channel.newCall(method, CallOptions.DEFAULT);
      begun.start(
          new ClientCall.Listener<>() {
            @Override
            public void onClose(Status status, Metadata trailers) {
              end.set(status);
            }
          },
          new Metadata());
      begun.sendMessage(request);
      begun.halfClose();
      call = begun;
    }

    void read() {
      call.request(2);
    }

    boolean isOver() {
      return end.get() != null;
    }

    boolean isRefused() {
      Status status = end.get();
      return status != null && status.getCode() == Status.Code.RESOURCE_EXHAUSTED;
    }
  }
}
