package dev.trivet.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.trivet.proto.etcd.KVGrpc;
import dev.trivet.proto.etcd.LeaseGrantRequest;
import dev.trivet.proto.etcd.LeaseGrpc;
import dev.trivet.proto.etcd.LeaseKeepAliveRequest;
import dev.trivet.proto.etcd.LeaseKeepAliveResponse;
import dev.trivet.proto.etcd.LeaseTimeToLiveRequest;
import dev.trivet.proto.etcd.LeaseTimeToLiveResponse;
import dev.trivet.proto.etcd.MaintenanceGrpc;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.proto.etcd.RangeRequest;
import dev.trivet.proto.etcd.StatusRequest;
import dev.trivet.proto.etcd.StatusResponse;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Leases while their leader is stopped for longer than they live, and while it is killed. */
@Timeout(300)
final class LeasesOnThreeNodesTest {
  private static final int TTL_SECONDS = 8;
  private static final int ATTENDED = 4;
  private static final int UNATTENDED = 3;

  @TempDir private Path folder;

  private LocalCluster cluster;
  private final Map<NodeProcess, ManagedChannel> channels = new HashMap<>();

  /** By lease: when the last renewal was sent that was answered. */
  private final Map<Long, Long> renewedNanos = new HashMap<>();

  @BeforeEach
  void start() throws Exception {
    cluster = LocalCluster.at(folder, 3, List.of("-Xmx128m", "-XX:TieredStopAtLevel=1"));
    cluster.startAll();
    cluster.awaitReady(Duration.ofSeconds(90));
    for (NodeProcess node : cluster.nodes()) {
      channels.put(
          node, NettyChannelBuilder.forTarget("dns:///" + node.endpoint()).usePlaintext().build());
    }
  }

  @AfterEach
  void end() {
    channels.values().forEach(ManagedChannel::shutdownNow);
    cluster.close();
  }

  @Test
  void noLeaseEndsEarlyAndUnattendedOnesEndWhateverHappensToTheLeader() throws Exception {
    for (long id = 1; id <= ATTENDED + UNATTENDED; id++) {
      grant(id);
    }

    NodeProcess stopped = leader();
    stopped.pause();
    attendFor(Duration.ofSeconds(TTL_SECONDS + 4));
    stopped.resume();
    attendFor(Duration.ofSeconds(3));
    leader().kill();
    attendFor(Duration.ofSeconds(TTL_SECONDS + 4));

    awaitEndOfUnattended();
    for (NodeProcess node : cluster.nodes()) {
      if (node.isRunning()) {
        assertTimesAreRight(node);
      }
    }
  }

  private void grant(long id) {
    ManagedChannel channel = to(cluster.nodes().get((int) id % 3));
    renewedNanos.put(id, System.nanoTime());
    var _ =
        LeaseGrpc.newBlockingStub(channel)
            .leaseGrant(LeaseGrantRequest.newBuilder().setID(id).setTTL(TTL_SECONDS).build());
    var _ =
        KVGrpc.newBlockingStub(channel)
            .put(PutRequest.newBuilder().setKey(key(id)).setLease(id).build());
  }

  private ManagedChannel to(NodeProcess node) {
    return Objects.requireNonNull(channels.get(node));
  }

  private NodeProcess leader() {
    while (true) {
      for (Map.Entry<NodeProcess, ManagedChannel> node : channels.entrySet()) {
        try {
          StatusResponse status =
              MaintenanceGrpc.newBlockingStub(node.getValue())
                  .withDeadlineAfter(2, TimeUnit.SECONDS)
                  .status(StatusRequest.getDefaultInstance());
          if (status.getLeader() == status.getHeader().getMemberId()) {
            return node.getKey();
          }
        } catch (StatusRuntimeException _) {
          // It is down.
        }
      }
    }
  }

  /** Renews at one node after the other, and checks at each that what was promised is kept. */
  private void attendFor(Duration duration) throws InterruptedException {
    long end = System.nanoTime() + duration.toNanos();
    for (int round = 0; System.nanoTime() < end; round++) {
      ManagedChannel channel = to(cluster.nodes().get(round % 3));
      for (long id = 1; id <= ATTENDED; id++) {
        renew(channel, id);
      }
      assertPromisesAreKept(channel);
    }
  }

  private void renew(ManagedChannel channel, long id) throws InterruptedException {
    long sent = System.nanoTime();
    CompletableFuture<Long> seconds = new CompletableFuture<>();
    StreamObserver<LeaseKeepAliveRequest> requests =
        LeaseGrpc.newStub(channel)
            .withDeadlineAfter(700, TimeUnit.MILLISECONDS)
            .leaseKeepAlive(
                new StreamObserver<>() {
                  @Override
                  public void onNext(LeaseKeepAliveResponse answer) {
                    seconds.complete(answer.getTTL());
                  }

                  @Override
                  public void onError(Throwable failure) {
                    seconds.completeExceptionally(failure);
                  }

                  @Override
                  public void onCompleted() {}
                });
    requests.onNext(LeaseKeepAliveRequest.newBuilder().setID(id).build());
    requests.onCompleted();
    try {
      long ttl = seconds.get(5, TimeUnit.SECONDS);
      assertThat(ttl).isEqualTo(mayBeOver(id, System.nanoTime()) ? ttl : TTL_SECONDS);
      if (ttl > 0) {
        renewedNanos.put(id, sent);
      }
    } catch (ExecutionException | TimeoutException _) {
      // No promise was made.
    }
  }

  private boolean mayBeOver(long id, long nanos) {
    return nanos - renewedNanos.getOrDefault(id, 0L) >= Duration.ofSeconds(TTL_SECONDS).toNanos();
  }

  private void assertPromisesAreKept(ManagedChannel channel) {
    List<Long> present = new ArrayList<>();
    try {
      KVGrpc.newBlockingStub(channel)
          .withDeadlineAfter(700, TimeUnit.MILLISECONDS)
          .range(
              RangeRequest.newBuilder()
                  .setKey(ByteString.copyFromUtf8("lease/"))
                  .setRangeEnd(ByteString.copyFromUtf8("lease0"))
                  .build())
          .getKvsList()
          .forEach(each -> present.add(each.getLease()));
    } catch (StatusRuntimeException _) {
      return; // It cannot say.
    }
    long now = System.nanoTime();
    for (long id = 1; id <= ATTENDED + UNATTENDED; id++) {
      assertThat(present.contains(id) || mayBeOver(id, now)).as("lease " + id).isTrue();
    }
  }

  private void awaitEndOfUnattended() throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    ManagedChannel channel = to(leader());
    for (long id = ATTENDED + 1; id <= ATTENDED + UNATTENDED; id++) {
      while (timeToLive(channel, id).getTTL() >= 0) {
        assertThat(System.nanoTime()).as("lease " + id + " ends").isLessThan(end);
        attendFor(Duration.ofMillis(200));
      }
    }
  }

  private void assertTimesAreRight(NodeProcess node) {
    for (long id = 1; id <= ATTENDED; id++) {
      LeaseTimeToLiveResponse lease = timeToLive(to(node), id);
      if (!mayBeOver(id, System.nanoTime())) {
        assertThat(lease.getGrantedTTL()).isEqualTo(TTL_SECONDS);
        assertThat(lease.getTTL()).isBetween(0L, (long) TTL_SECONDS);
        assertThat(lease.getKeysList()).containsExactly(key(id));
      }
    }
  }

  private static LeaseTimeToLiveResponse timeToLive(ManagedChannel channel, long id) {
    return LeaseGrpc.newBlockingStub(channel)
        .withDeadlineAfter(20, TimeUnit.SECONDS)
        .leaseTimeToLive(LeaseTimeToLiveRequest.newBuilder().setID(id).setKeys(true).build());
  }

  private static ByteString key(long id) {
    return ByteString.copyFromUtf8("lease/" + id);
  }
}
