package dev.trivet.api.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.trivet.api.ApiCluster;
import dev.trivet.proto.etcd.KVGrpc;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.proto.etcd.WatchCreateRequest;
import dev.trivet.proto.etcd.WatchGrpc;
import dev.trivet.proto.etcd.WatchProgressRequest;
import dev.trivet.proto.etcd.WatchRequest;
import dev.trivet.proto.etcd.WatchResponse;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Watchers hear of progress while others write without pause. */
@Timeout(60)
@ExtendWith(ApiCluster.Shared.class)
final class BusyProgressTest {
  private static final int WRITERS = 16;

  private final ApiCluster cluster;
  private final Inbox<WatchResponse> inbox = new Inbox<>();
  private final StreamObserver<WatchRequest> stream;
  private final List<Thread> writers = new ArrayList<>();
  private final AtomicLong written = new AtomicLong();
  private volatile boolean isOver;

  BusyProgressTest(ApiCluster cluster) {
    this.cluster = cluster;
    this.stream = WatchGrpc.newStub(cluster.follower(0).channel).watch(inbox);
  }

  @BeforeEach
  void write() {
    KVGrpc.KVBlockingStub keys = KVGrpc.newBlockingStub(cluster.leader().channel);
    for (int i = 0; i < WRITERS; i++) {
      PutRequest put =
          PutRequest.newBuilder().setKey(ByteString.copyFromUtf8("busy/" + i % 2)).build();
      writers.add(
          Thread.startVirtualThread(
              () -> {
                while (!isOver) {
                  written.accumulateAndGet(keys.put(put).getHeader().getRevision(), Math::max);
                }
              }));
    }
  }

  @AfterEach
  void end() throws InterruptedException {
    isOver = true;
    for (Thread writer : writers) {
      writer.join();
    }
    stream.onCompleted();
  }

  @Test
  void anIdleWatcherIsToldThoughTheStoreNeverStandsStill() {
    create("quiet", true);

    List<WatchResponse> heard =
        inbox.awaitThat(all -> progress(all).size() >= 5 && isRising(progress(all)));

    assertThat(heard).allMatch(message -> message.getEventsCount() == 0);
  }

  @Test
  void whoAsksIsAnsweredThoughEventsNeverCease() {
    create("busy/0", false);
    create("busy/1", false);
    inbox.awaitThat(all -> all.stream().anyMatch(message -> message.getEventsCount() > 0));

    for (int asked = 1; asked <= 5; asked++) {
      int count = asked;
      stream.onNext(
          WatchRequest.newBuilder().setProgressRequest(WatchProgressRequest.newBuilder()).build());
      inbox.awaitThat(all -> progress(all).size() >= count);
    }

    // All up to the revision that is told was sent before.
    long sent = 0;
    for (WatchResponse message : inbox.messages()) {
      if (message.getEventsCount() > 0) {
        sent =
            Math.max(
                sent, message.getEvents(message.getEventsCount() - 1).getKv().getModRevision());
      } else if (message.getWatchId() == -1) {
        assertThat(message.getHeader().getRevision()).isGreaterThanOrEqualTo(sent);
      }
    }
  }

  private void create(String key, boolean isNotified) {
    stream.onNext(
        WatchRequest.newBuilder()
            .setCreateRequest(
                WatchCreateRequest.newBuilder()
                    .setKey(ByteString.copyFromUtf8(key))
                    .setProgressNotify(isNotified))
            .build());
  }

  private static List<WatchResponse> progress(List<WatchResponse> all) {
    return all.stream()
        .filter(message -> message.getEventsCount() == 0 && !message.getCreated())
        .toList();
  }

  private static boolean isRising(List<WatchResponse> messages) {
    return messages.getLast().getHeader().getRevision()
        > messages.getFirst().getHeader().getRevision();
  }
}
