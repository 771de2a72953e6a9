package dev.trivet.api.etcd;

import dev.trivet.api.edge.Calls;
import dev.trivet.api.edge.ReplyStream;
import dev.trivet.proto.etcd.SnapshotResponse;
import dev.trivet.proto.snapshot.SnapshotHead;
import dev.trivet.replicate.CommandLog;
import dev.trivet.state.entry.Counter;
import dev.trivet.store.ReadView;
import dev.trivet.store.Store;
import io.grpc.stub.StreamObserver;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/** Snapshots of the key space for clients. */
public final class Snapshots {
  private final CommandLog log;
  private final Store store;
  private final Headers headers;
  private final String clusterId;
  private final InstantSource clock;
  private final RandomGenerator random;

  /**
   * @param clusterId 16 hexadecimal digits
   * @param clock for people, who look at a snapshot's age
   * @param random where a snapshot's id comes from
   */
  public Snapshots(
      CommandLog log,
      Store store,
      Headers headers,
      String clusterId,
      InstantSource clock,
      RandomGenerator random) {
    this.log = log;
    this.store = store;
    this.headers = headers;
    this.clusterId = clusterId;
    this.clock = clock;
    this.random = random;
  }

  /** Everything acknowledged before the call, as fast as the caller takes it, and no faster. */
  void stream(StreamObserver<SnapshotResponse> observer) {
    ReplyStream.begin(
        observer,
        replies -> {
          var _ = Calls.await(log.readBarrier());
          try (ReadView view = store.view()) {
            send(replies, view);
          }
        });
  }

  private void send(ReplyStream<SnapshotResponse> replies, ReadView view) {
    SnapshotHead head =
        SnapshotHead.newBuilder()
            .setId(random.nextLong() | 1)
            .setClusterId(clusterId)
            .setTakenMillis(clock.millis())
            .setVersion(MaintenanceService.ETCD_VERSION)
            .build();
    new SnapshotStream(
            replies,
            headers.of(Counter.REVISION.in(view)),
            MaintenanceService.ETCD_VERSION,
            store.size().total())
        .send(view, head);
  }
}
