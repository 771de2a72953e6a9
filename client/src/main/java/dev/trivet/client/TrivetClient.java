package dev.trivet.client;

import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.etcd.WatchCreateRequest;
import dev.trivet.proto.etcd.WatchResponse;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.LoadBalancerRegistry;
import io.grpc.ManagedChannel;
import io.grpc.NameResolverRegistry;
import io.grpc.netty.NettyChannelBuilder;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A client of one cluster. It keeps a connection to every endpoint, sends calls to the leader when
 * it knows it, and to any endpoint otherwise. Safe for use by many threads.
 */
public final class TrivetClient implements AutoCloseable {
  /** What a unary call gets that has no deadline of its own; also the whole of a retried read. */
  public static final Duration DEADLINE = Duration.ofSeconds(5);

  private static final Duration KEEPALIVE = Duration.ofSeconds(10);
  private static final Duration KEEPALIVE_TIMEOUT = Duration.ofSeconds(3);
  private static final int LARGEST_REPLY_BYTES = 64 << 20;

  static {
    NameResolverRegistry.getDefaultRegistry().register(new EndpointResolverProvider());
    LoadBalancerRegistry.getDefaultRegistry().register(new LeaderFirstProvider());
  }

  private final ManagedChannel connection;
  private final ScheduledThreadPoolExecutor timer;
  private final Wire wire;
  private final Keys keys;
  private final Leases leases;
  private final Blobs blobs;
  private final Volumes volumes;
  private final Cluster cluster;

  private TrivetClient(ManagedChannel connection, Duration deadline) {
    this.connection = connection;
    this.timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().name("trivet-client-timer").daemon().factory());
    timer.setRemoveOnCancelPolicy(true);
    LeaderHint hint = new LeaderHint();
    OncePromise promise = new OncePromise();
    Channel channel =
        ClientInterceptors.intercept(
            connection, new CallRules(hint, promise, new Reconnect(connection), deadline));
    this.wire = new Wire(channel, timer, new RequestNumbers(), promise, hint);
    this.keys = new Keys(wire, deadline);
    this.leases = new Leases(wire, deadline);
    this.blobs = new Blobs(wire);
    this.volumes = new Volumes(wire);
    this.cluster = new Cluster(wire);
  }

  /**
   * A client of the nodes at these endpoints. Connections are made in the background: an endpoint
   * that cannot be reached shows in the calls.
   *
   * @param endpoints each "host:port"; at least one
   * @throws dev.trivet.errors.TrivetException INVALID_ARGUMENT if one is malformed or none is given
   */
  public static TrivetClient connect(List<String> endpoints) {
    return builder(endpoints).connect();
  }

  /** The same with choices. */
  public static Builder builder(List<String> endpoints) {
    return new Builder(endpoints);
  }

  /** How to connect. One thread. */
  public static final class Builder {
    private final List<String> endpoints;
    private Duration deadline = DEADLINE;

    private Builder(List<String> endpoints) {
      this.endpoints = List.copyOf(endpoints);
    }

    /** What a unary call gets, repetitions included; at least 1 ms. */
    public Builder deadline(Duration limit) {
      if (limit.toMillis() < 1) {
        throw ErrorCode.INVALID_ARGUMENT.exception(
            "the deadline is " + limit + ", at least 1 ms is needed");
      }
      deadline = limit;
      return this;
    }

    public TrivetClient connect() {
      if (endpoints.isEmpty()) {
        throw ErrorCode.INVALID_ARGUMENT.exception("0 endpoints given, at least 1 is needed");
      }
      String target =
          EndpointResolverProvider.target(endpoints.stream().map(Endpoint::parse).toList());
      NettyChannelBuilder channel =
          NettyChannelBuilder.forTarget(target)
              .usePlaintext()
              .defaultLoadBalancingPolicy(LeaderFirstProvider.POLICY)
              .keepAliveTime(KEEPALIVE.toSeconds(), TimeUnit.SECONDS)
              .keepAliveTimeout(KEEPALIVE_TIMEOUT.toSeconds(), TimeUnit.SECONDS)
              .keepAliveWithoutCalls(true)
              .maxInboundMessageSize(LARGEST_REPLY_BYTES);
      return new TrivetClient(LostServers.noticed(channel).build(), deadline);
    }
  }

  /** For stubs of services that this library has no words for; deadline and routing apply. */
  public Channel channel() {
    return wire.channel();
  }

  /** The key space. */
  public Keys keys() {
    return keys;
  }

  /** Leases, and their keepalive. */
  public Leases leases() {
    return leases;
  }

  /** Blobs and their buckets. */
  public Blobs blobs() {
    return blobs;
  }

  /** Volumes, as far as one does not look into them. */
  public Volumes volumes() {
    return volumes;
  }

  /** The key space as a file. */
  public Snapshots snapshots() {
    return new Snapshots(wire);
  }

  /** The members and their state. */
  public Cluster cluster() {
    return cluster;
  }

  /**
   * Opens a watch that resumes by itself.
   *
   * @param request key, range end and start revision (0 is "from now"); do not ask for fragments
   * @param listener gets each answer that has events, in order; while it works nothing more comes
   * @throws dev.trivet.errors.TrivetException INVALID_ARGUMENT if fragments are asked for
   */
  public Watch watch(WatchCreateRequest request, Consumer<WatchResponse> listener) {
    if (request.getFragment()) {
      throw ErrorCode.INVALID_ARGUMENT.exception("a watch that resumes cannot be fragmented");
    }
    return Watch.open(wire, request, listener);
  }

  /**
   * Ends the connections; calls that run are cancelled, leases are no longer kept alive, watches
   * end with STOPPING. Waits for at most two seconds; no thread of this client is left soon after.
   */
  @Override
  public void close() {
    leases.close();
    connection.shutdownNow();
    // What waits here for a short while finds the connections closed and ends.
    timer.shutdown();
    try {
      if (!connection.awaitTermination(2, TimeUnit.SECONDS)) {
        // The channel's own threads finish the work: nothing is left for the caller to do.
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
