package dev.trivet.locks;

import com.google.protobuf.ByteString;
import dev.trivet.client.KeptLease;
import dev.trivet.client.Prefixes;
import dev.trivet.client.Query;
import dev.trivet.client.TrivetClient;
import dev.trivet.client.Watch;
import dev.trivet.proto.etcd.KeyValue;
import dev.trivet.proto.etcd.RangeRequest.SortOrder;
import dev.trivet.proto.etcd.RangeRequest.SortTarget;
import dev.trivet.proto.etcd.WatchCreateRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * An election by name: one leads, with a value that all can read; the others wait in the order in
 * which they came. It is the same election as {@code etcdctl elect NAME}.
 */
public final class Election {
  private final TrivetClient client;
  private final ByteString name;
  private final Duration ttl;

  /**
   * @param ttl whole seconds, at least 1: after so long without the leader another one leads
   */
  public Election(TrivetClient client, String name, Duration ttl) {
    this.client = client;
    this.name = ByteString.copyFromUtf8(name);
    this.ttl = ttl;
  }

  /**
   * Waits to become the leader. A caller that gives up gives its place back.
   *
   * @param value what the leader has to say
   * @throws TimeoutException when it is not this caller's turn in time
   */
  public Leading campaign(ByteString value, Duration limit)
      throws InterruptedException, TimeoutException {
    KeptLease lease = client.leases().hold(Math.max(1, ttl.toSeconds()));
    boolean isDone = false;
    try {
      Place place = Place.take(client, name, value, lease);
      place.awaitTurn(lease, limit);
      isDone = true;
      return new Leading(client, new Held(place, lease), lease.id());
    } finally {
      if (!isDone) {
        GivenUp.close(lease);
      }
    }
  }

  /** The leader's key and value now; empty if nobody leads. */
  public Optional<KeyValue> leader() {
    return client
        .keys()
        .range(Query.prefix(prefix()).sortedBy(SortTarget.CREATE, SortOrder.ASCEND).limit(1))
        .getKvsList()
        .stream()
        .findFirst();
  }

  /**
   * Tells the leader's key and value, now and whenever it changes; what changed back meanwhile may
   * be left out. The listener is called by one thread at a time.
   */
  public Watch observe(Consumer<KeyValue> listener) {
    AtomicReference<KeyValue> last = new AtomicReference<>(KeyValue.getDefaultInstance());
    var now =
        client
            .keys()
            .range(Query.prefix(prefix()).sortedBy(SortTarget.CREATE, SortOrder.ASCEND).limit(1));
    now.getKvsList().forEach(leader -> tell(leader, last, listener));
    return client.watch(
        WatchCreateRequest.newBuilder()
            .setKey(Prefixes.first(prefix()))
            .setRangeEnd(Prefixes.end(prefix()))
            .setStartRevision(now.getHeader().getRevision() + 1)
            .build(),
        _ -> leader().ifPresent(leader -> tell(leader, last, listener)));
  }

  private static void tell(
      KeyValue leader, AtomicReference<KeyValue> last, Consumer<KeyValue> listener) {
    if (!leader.equals(last.getAndSet(leader))) {
      listener.accept(leader);
    }
  }

  private ByteString prefix() {
    return name.concat(ByteString.copyFromUtf8("/"));
  }
}
