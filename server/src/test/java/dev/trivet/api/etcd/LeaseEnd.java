package dev.trivet.api.etcd;

import com.google.protobuf.ByteString;
import dev.trivet.proto.etcd.Event;
import dev.trivet.proto.etcd.KVGrpc;
import dev.trivet.proto.etcd.LeaseGrantRequest;
import dev.trivet.proto.etcd.LeaseGrpc;
import dev.trivet.proto.etcd.LeaseRevokeRequest;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.proto.etcd.WatchCreateRequest;
import dev.trivet.proto.etcd.WatchGrpc;
import dev.trivet.proto.etcd.WatchRequest;
import dev.trivet.proto.etcd.WatchResponse;
import io.grpc.Channel;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** What a watch hears when a lease with many keys ends. */
final class LeaseEnd {
  static final int KEYS = 200;
  private static final long LEASE = 4711;

  private final KVGrpc.KVBlockingStub keys;
  private final LeaseGrpc.LeaseBlockingStub leases;
  private final WatchGrpc.WatchStub watches;

  LeaseEnd(Channel channel) {
    keys = KVGrpc.newBlockingStub(channel);
    leases = LeaseGrpc.newBlockingStub(channel);
    watches = WatchGrpc.newStub(channel);
  }

  /** Keys and how far behind the lease's last key the revision of their end is. */
  List<String> revoked() {
    return heard(
        600,
        () -> {
          var _ = leases.leaseRevoke(LeaseRevokeRequest.newBuilder().setID(LEASE).build());
        });
  }

  List<String> expired() {
    return heard(1, () -> {});
  }

  private List<String> heard(long ttlSeconds, Runnable end) {
    Inbox<WatchResponse> inbox = new Inbox<>();
    StreamObserver<WatchRequest> stream = watches.watch(inbox);
    stream.onNext(
        WatchRequest.newBuilder()
            .setCreateRequest(
                WatchCreateRequest.newBuilder()
                    .setKey(ByteString.copyFromUtf8("lease-end/"))
                    .setRangeEnd(ByteString.copyFromUtf8("lease-end0"))
                    .addFilters(WatchCreateRequest.FilterType.NOPUT))
            .build());
    inbox.awaitCount(1);
    var _ =
        leases.leaseGrant(LeaseGrantRequest.newBuilder().setID(LEASE).setTTL(ttlSeconds).build());
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < KEYS; i++) {
      order.add(i);
    }
    Collections.shuffle(order, new Random(KEYS));
    long last = 0;
    for (int number : order) {
      last =
          keys.put(
                  PutRequest.newBuilder()
                      .setKey(ByteString.copyFromUtf8("lease-end/" + number))
                      .setLease(LEASE)
                      .build())
              .getHeader()
              .getRevision();
    }
    end.run();
    inbox.awaitThat(all -> events(all).size() >= KEYS);
    stream.onCompleted();
    long base = last;
    return events(inbox.messages()).stream()
        .map(
            event ->
                event.getKv().getKey().toStringUtf8()
                    + " +"
                    + (event.getKv().getModRevision() - base))
        .toList();
  }

  private static List<Event> events(List<WatchResponse> messages) {
    return messages.stream().flatMap(message -> message.getEventsList().stream()).toList();
  }
}
