package dev.trivet.api.etcd;

import dev.trivet.api.auth.Guard;
import dev.trivet.api.edge.KnownLeader;
import dev.trivet.proto.etcd.WatchGrpc;
import dev.trivet.proto.etcd.WatchRequest;
import dev.trivet.proto.etcd.WatchResponse;
import dev.trivet.watch.EventSource;
import dev.trivet.watch.WatchHub;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * etcd's service Watch.
 *
 * <p>Owns the thread {@code watch-ticks}, which tells progress, and ends the streams of callers
 * that want a node with a leader once there has been none for three seconds.
 *
 * <p>Source: etcd API reference, service Watch.
 */
public final class WatchService extends WatchGrpc.WatchImplBase implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WatchService.class);
  private static final long TICK_MILLIS = 100;

  /**
   * A stream takes events until so much waits to be sent: with gRPC's 32 KiB one change that a
   * hundred watchers of a stream want is more than it takes, and they all fall behind.
   */
  private static final int READY_BYTES = 256 << 10;

  private static final long LEADERLESS_NANOS = TimeUnit.SECONDS.toNanos(3);

  private final WatchHub hub;
  private final EventSource source;
  private final KnownLeader leader;
  private final Headers headers;
  private final Duration idle;
  private final Guard guard;
  private final Set<WatchStream> streams = ConcurrentHashMap.newKeySet();
  private final Set<WatchStream> leaderRequiring = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService ticks =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("watch-ticks").daemon().factory());

  /** When a leader was last known. Owned by the thread of ticks. */
  private long ledNanos = System.nanoTime();

  /**
   * Starts nothing.
   *
   * @param idle how long a watcher that asks for progress notifications hears nothing before one
   */
  public WatchService(
      WatchHub hub,
      EventSource source,
      KnownLeader leader,
      Headers headers,
      Duration idle,
      Guard guard) {
    this.guard = guard;
    this.hub = hub;
    this.source = source;
    this.leader = leader;
    this.headers = headers;
    this.idle = idle;
  }

  public void start() {
    var _ =
        ticks.scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  @Override
  public StreamObserver<WatchRequest> watch(StreamObserver<WatchResponse> observer) {
    ServerCallStreamObserver<WatchResponse> call =
        (ServerCallStreamObserver<WatchResponse>) observer;
    WatchStream stream = new WatchStream(hub, source, headers, call, guard.caller());
    boolean isLeaderRequired = LeaderRequirement.isMade();
    streams.add(stream);
    if (isLeaderRequired) {
      leaderRequiring.add(stream);
    }
    call.setOnReadyThreshold(READY_BYTES);
    call.disableAutoRequest();
    call.request(1);
    call.setOnReadyHandler(stream::resume);
    call.setOnCancelHandler(
        () -> {
          stream.leave();
          forget(stream);
        });
    call.setOnCloseHandler(() -> forget(stream));
    return stream;
  }

  private void forget(WatchStream stream) {
    streams.remove(stream);
    leaderRequiring.remove(stream);
  }

  private void tick() {
    try {
      long now = System.nanoTime();
      if (leader.leadership().leader() != null) {
        ledNanos = now;
      } else if (now - ledNanos > LEADERLESS_NANOS) {
        leaderRequiring.forEach(WatchStream::failWithoutLeader);
      }
      if (!streams.isEmpty()) {
        long revision = source.currentRevision();
        for (WatchStream stream : streams) {
          stream.tellProgress();
          stream.notifyIdle(revision, now, idle.toNanos());
        }
      }
    } catch (RuntimeException e) {
      // A tick that failed must not be the last one.
      LOG.error("telling watchers of progress failed", e);
    }
  }

  /** Ends the ticks; the streams end with their connections. */
  @Override
  public void close() {
    ticks.shutdownNow();
  }
}
