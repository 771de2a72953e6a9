package dev.trivet.api.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.trivet.api.ApiCluster;
import dev.trivet.proto.etcd.CompactionRequest;
import dev.trivet.proto.etcd.DeleteRangeRequest;
import dev.trivet.proto.etcd.Event;
import dev.trivet.proto.etcd.KVGrpc;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.proto.etcd.RangeRequest;
import dev.trivet.proto.etcd.RequestOp;
import dev.trivet.proto.etcd.TxnRequest;
import dev.trivet.proto.etcd.WatchCancelRequest;
import dev.trivet.proto.etcd.WatchCreateRequest;
import dev.trivet.proto.etcd.WatchCreateRequest.FilterType;
import dev.trivet.proto.etcd.WatchGrpc;
import dev.trivet.proto.etcd.WatchProgressRequest;
import dev.trivet.proto.etcd.WatchRequest;
import dev.trivet.proto.etcd.WatchResponse;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@Timeout(60)
@ExtendWith(ApiCluster.Shared.class)
final class WatchServiceTest {
  private final KVGrpc.KVBlockingStub keys;
  private final KVGrpc.KVBlockingStub follower;
  private final Inbox<WatchResponse> inbox = new Inbox<>();
  private final StreamObserver<WatchRequest> stream;

  WatchServiceTest(ApiCluster cluster) {
    keys = KVGrpc.newBlockingStub(cluster.leader().channel);
    follower = KVGrpc.newBlockingStub(cluster.follower(0).channel);
    stream = WatchGrpc.newStub(cluster.follower(0).channel).watch(inbox);
  }

  @AfterEach
  void endTheStream() {
    stream.onCompleted();
  }

  @Test
  void aWatchFromAPastRevisionSeesEachChangeOnceInOrder() {
    List<Long> revisions = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      revisions.add(put("watch/past"));
    }

    create(watching("watch/past").setStartRevision(revisions.getFirst()));
    for (int i = 0; i < 40; i++) {
      revisions.add(put("watch/past"));
    }

    inbox.awaitThat(all -> eventsIn(all).size() >= revisions.size());
    assertThat(eventsIn(inbox.messages()))
        .extracting(event -> event.getKv().getModRevision())
        .isEqualTo(revisions);
    assertThat(inbox.messages().getFirst().getCreated()).isTrue();
  }

  @Test
  void eachWatcherOfAStreamGetsWhatItAskedForUnderItsId() {
    create(watching("watch/many"));
    create(watching("watch/many").setPrevKv(true).addFilters(FilterType.NODELETE));
    create(watching("watch/many").setWatchId(7).addFilters(FilterType.NOPUT));
    create(watching("watch/many").setWatchId(7));
    create(watching("watch/b").setRangeEnd(key("watch/a")).setWatchId(9));
    List<WatchResponse> created = inbox.awaitCount(5);

    put("watch/many");
    put("watch/many");
    delete("watch/many");

    inbox.awaitThat(all -> eventsIn(all).size() >= 6);
    assertThat(created).extracting(WatchResponse::getWatchId).containsExactly(0L, 1L, 7L, -1L, -1L);
    assertThat(created.get(3).getCancelReason())
        .isEqualTo("mvcc: duplicate watch ID provided on the WatchStream");
    assertThat(created.get(4).getCancelReason()).isEqualTo("mvcc: watcher range is empty");
    assertThat(eventsOf(0)).hasSize(3).noneMatch(Event::hasPrevKv);
    assertThat(eventsOf(1)).extracting(Event::hasPrevKv).containsExactly(false, true);
    assertThat(eventsOf(7)).extracting(Event::getType).containsExactly(Event.EventType.DELETE);
  }

  @Test
  void afterItsCancellationAWatcherHearsNothing() {
    create(watching("watch/cancel"));
    create(watching("watch/cancel"));
    inbox.awaitCount(2);

    stream.onNext(
        WatchRequest.newBuilder().setCancelRequest(WatchCancelRequest.newBuilder()).build());
    inbox.awaitThat(all -> all.stream().anyMatch(WatchResponse::getCanceled));
    put("watch/cancel");

    inbox.awaitThat(all -> eventsIn(all).size() == 1);
    assertThat(eventsOf(0)).isEmpty();
    assertThat(eventsOf(1)).hasSize(1);
  }

  @Test
  void aWatchBehindTheCompactionIsCancelledWithItsRevision() {
    long first = put("watch/compact");
    long second = put("watch/compact");
    var _ = keys.compact(CompactionRequest.newBuilder().setRevision(second).build());
    // A node that lags still has what is compacted elsewhere: a read makes it catch up.
    var _ = follower.range(RangeRequest.newBuilder().setKey(key("watch/compact")).build());

    create(watching("watch/compact").setStartRevision(first));
    create(watching("watch/compact").setStartRevision(second));

    inbox.awaitThat(all -> all.size() >= 4 && eventsIn(all).size() == 1);
    assertThat(of(0)).hasSize(2);
    assertThat(of(0).getFirst().getCreated()).isTrue();
    assertThat(of(0).getLast().getCanceled()).isTrue();
    assertThat(of(0).getLast().getCompactRevision()).isEqualTo(second);
    assertThat(eventsOf(1)).extracting(e -> e.getKv().getModRevision()).containsExactly(second);
  }

  @Test
  void progressIsToldOnceEverythingBeforeItIsSent() {
    create(watching("watch/progress"));
    inbox.awaitCount(1);
    long revision = put("watch/progress");
    inbox.awaitThat(all -> eventsIn(all).size() == 1);

    stream.onNext(
        WatchRequest.newBuilder().setProgressRequest(WatchProgressRequest.newBuilder()).build());

    inbox.awaitCount(3);
    WatchResponse progress = inbox.messages().getLast();
    assertThat(progress.getWatchId()).isEqualTo(-1);
    assertThat(progress.getEventsCount()).isZero();
    assertThat(progress.getHeader().getRevision()).isGreaterThanOrEqualTo(revision);
  }

  @Test
  void anIdleWatcherThatAskedForItIsToldOfProgressByItself() {
    create(watching("watch/idle").setProgressNotify(true));
    create(watching("watch/idle"));
    inbox.awaitCount(2);
    long revision = put("watch/elsewhere");

    inbox.awaitThat(
        all ->
            all.stream().anyMatch(m -> !m.getCreated() && m.getHeader().getRevision() >= revision));
    assertThat(of(1)).hasSize(1);
    assertThat(eventsIn(inbox.messages())).isEmpty();
  }

  @Test
  void aRevisionIsOneMessageUnlessTheWatcherTakesFragments() {
    create(watching("watch/f").setRangeEnd(key("watch/g")));
    create(watching("watch/f").setRangeEnd(key("watch/g")).setFragment(true));
    inbox.awaitCount(2);
    ByteString large = ByteString.copyFrom(new byte[700_000]);
    TxnRequest.Builder transaction = TxnRequest.newBuilder();
    for (String key : List.of("watch/f1", "watch/f2", "watch/f3")) {
      PutRequest.Builder put =
          PutRequest.newBuilder()
              .setKey(key(key))
              .setValue(key.endsWith("3") ? ByteString.EMPTY : large);
      transaction.addSuccess(RequestOp.newBuilder().setRequestPut(put));
    }

    var _ = keys.txn(transaction.build());

    inbox.awaitThat(all -> eventsIn(all).size() == 6);
    assertThat(of(0)).extracting(WatchResponse::getEventsCount).containsExactly(0, 3);
    assertThat(of(1)).extracting(WatchResponse::getEventsCount).containsExactly(0, 1, 2);
    assertThat(of(1)).extracting(WatchResponse::getFragment).containsExactly(false, true, false);
  }

  @Test
  void aMessageHasManyRevisionsButNotManyMegabytes() {
    long first = put("watch/small");
    for (int i = 0; i < 20; i++) {
      put("watch/small");
    }
    ByteString large = ByteString.copyFrom(new byte[400_000]);
    for (int i = 0; i < 8; i++) {
      var _ = keys.put(PutRequest.newBuilder().setKey(key("watch/large")).setValue(large).build());
    }
    // What is past is read as a whole where all of it is applied.
    var _ = follower.range(RangeRequest.newBuilder().setKey(key("watch/large")).build());

    create(watching("watch/small").setStartRevision(first));
    create(watching("watch/large").setStartRevision(first));

    inbox.awaitThat(all -> eventsIn(all).size() == 29);
    assertThat(of(0)).extracting(WatchResponse::getEventsCount).containsExactly(0, 21);
    assertThat(of(1))
        .hasSizeBetween(4, 9)
        .allSatisfy(message -> assertThat(message.getSerializedSize()).isLessThan(1_600_000));
  }

  private void create(WatchCreateRequest.Builder request) {
    stream.onNext(WatchRequest.newBuilder().setCreateRequest(request).build());
  }

  private static WatchCreateRequest.Builder watching(String key) {
    return WatchCreateRequest.newBuilder().setKey(key(key));
  }

  private static ByteString key(String key) {
    return ByteString.copyFromUtf8(key);
  }

  private long put(String key) {
    return keys.put(PutRequest.newBuilder().setKey(key(key)).build()).getHeader().getRevision();
  }

  private void delete(String key) {
    var _ = keys.deleteRange(DeleteRangeRequest.newBuilder().setKey(key(key)).build());
  }

  private List<WatchResponse> of(long id) {
    return inbox.messages().stream().filter(message -> message.getWatchId() == id).toList();
  }

  private List<Event> eventsOf(long id) {
    return eventsIn(of(id));
  }

  private static List<Event> eventsIn(List<WatchResponse> messages) {
    return messages.stream().flatMap(message -> message.getEventsList().stream()).toList();
  }
}
