package dev.trivet.api.etcd;

import com.google.protobuf.ByteString;
import com.google.protobuf.TextFormat;
import dev.trivet.proto.etcd.CompactionRequest;
import dev.trivet.proto.etcd.DeleteRangeRequest;
import dev.trivet.proto.etcd.Event;
import dev.trivet.proto.etcd.KVGrpc;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.proto.etcd.RequestOp;
import dev.trivet.proto.etcd.TxnRequest;
import dev.trivet.proto.etcd.WatchCancelRequest;
import dev.trivet.proto.etcd.WatchCreateRequest;
import dev.trivet.proto.etcd.WatchCreateRequest.FilterType;
import dev.trivet.proto.etcd.WatchGrpc;
import dev.trivet.proto.etcd.WatchRequest;
import dev.trivet.proto.etcd.WatchResponse;
import io.grpc.Channel;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One stream's life on a server whose revision is known: watchers of every kind, changes, and what
 * is heard of them.
 */
final class WatchScript {
  private final KVGrpc.KVBlockingStub keys;
  private final Inbox<WatchResponse> inbox = new Inbox<>();
  private final StreamObserver<WatchRequest> stream;
  private final long base;

  /** Events by watcher, in order, and all other messages in theirs. */
  record Heard(List<String> control, Map<Long, List<String>> events) {}

  WatchScript(Channel channel, long base) {
    this.keys = KVGrpc.newBlockingStub(channel);
    this.stream = WatchGrpc.newStub(channel).watch(inbox);
    this.base = base;
  }

  Heard run() {
    put("w/a", "1"); // base + 1
    put("w/a", "2"); // base + 2
    put("w/b", "1"); // base + 3
    create(watching("w/", "w0"), 1);
    create(watching("w/", "w0").setPrevKv(true).addFilters(FilterType.NODELETE), 2);
    create(watching("w/a", "").setWatchId(7).addFilters(FilterType.NOPUT), 3);
    create(watching("w/a", "").setWatchId(7), 4);
    create(watching("w/b", "w/a").setWatchId(9), 5);
    create(watching("w/b", "w/b"), 6);
    create(watching("w/a", "").setWatchId(20).setStartRevision(base + 1).setPrevKv(true), 9);
    create(watching("w/", "w0").setWatchId(21).setStartRevision(base + 5), 10);
    create(watching("", "\0").setWatchId(22), 11);
    var _ = keys.deleteRange(DeleteRangeRequest.newBuilder().setKey(text("w/b")).build()); // 4
    inbox.awaitThat(all -> size(all) >= 13);
    TxnRequest.Builder txn = TxnRequest.newBuilder(); // base + 5
    for (String key : List.of("w/c", "w/a", "w/0")) {
      txn.addSuccess(
          RequestOp.newBuilder().setRequestPut(PutRequest.newBuilder().setKey(text(key))));
    }
    var _ = keys.txn(txn.build());
    inbox.awaitThat(all -> size(all) >= 26);
    cancel(0, 27);
    cancel(4711, 27);
    var _ = keys.deleteRange(DeleteRangeRequest.newBuilder().setKey(text("w/a")).build()); // 6
    inbox.awaitThat(all -> size(all) >= 31);
    var _ = keys.compact(CompactionRequest.newBuilder().setRevision(base + 5).build());
    create(watching("w/a", "").setWatchId(30).setStartRevision(base + 5), 34);
    create(watching("w/a", "").setWatchId(31).setStartRevision(base + 4), 36);
    stream.onCompleted();
    return heard();
  }

  private Heard heard() {
    List<String> control = new ArrayList<>();
    Map<Long, List<String>> events = new TreeMap<>();
    for (WatchResponse message : inbox.messages()) {
      if (message.getEventsCount() == 0) {
        control.add(TextFormat.printer().printToString(Answers.masked(message)));
      }
      for (Event event : message.getEventsList()) {
        events
            .computeIfAbsent(message.getWatchId(), _ -> new ArrayList<>())
            .add(TextFormat.printer().printToString(event));
      }
    }
    return new Heard(control, events);
  }

  /** Events, and messages without any. */
  private static int size(List<WatchResponse> messages) {
    return messages.stream().mapToInt(each -> Math.max(1, each.getEventsCount())).sum();
  }

  private void create(WatchCreateRequest.Builder request, int expectedSize) {
    stream.onNext(WatchRequest.newBuilder().setCreateRequest(request).build());
    inbox.awaitThat(all -> size(all) >= expectedSize);
  }

  private void cancel(long id, int expectedSize) {
    stream.onNext(
        WatchRequest.newBuilder()
            .setCancelRequest(WatchCancelRequest.newBuilder().setWatchId(id))
            .build());
    inbox.awaitThat(all -> size(all) >= expectedSize);
  }

  private void put(String key, String value) {
    var _ = keys.put(PutRequest.newBuilder().setKey(text(key)).setValue(text(value)).build());
  }

  private static WatchCreateRequest.Builder watching(String from, String end) {
    return WatchCreateRequest.newBuilder().setKey(text(from)).setRangeEnd(text(end));
  }

  private static ByteString text(String text) {
    return ByteString.copyFromUtf8(text);
  }
}
