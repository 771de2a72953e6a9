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
  private final Channel channel;
  private final Keys keys;
  private final Blobs blobs;
  private final Volumes volumes;
  private final Cluster cluster;

  private TrivetClient(ManagedChannel connection) {
    this.connection = connection;
    this.channel =
        ClientInterceptors.intercept(
            connection, new CallRules(new LeaderHint(), new Reconnect(connection), DEADLINE));
    this.keys = new Keys(channel);
    this.blobs = new Blobs(channel);
    this.volumes = new Volumes(channel);
    this.cluster = new Cluster(channel);
  }

  /**
   * A client of the nodes at these endpoints. Connections are made in the background: an endpoint
   * that cannot be reached shows in the calls.
   *
   * @param endpoints each "host:port"; at least one
   * @throws dev.trivet.errors.TrivetException INVALID_ARGUMENT if one is malformed or none is given
   */
  public static TrivetClient connect(List<String> endpoints) {
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
    return new TrivetClient(LostServers.noticed(channel).build());
  }

  /** For stubs of services that this library has no words for; deadline and routing apply. */
  public Channel channel() {
    return channel;
  }

  /** The key space. */
  public Keys keys() {
    return keys;
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
    return new Snapshots(channel);
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
    return Watch.open(channel, request, listener);
  }

  /** Ends the connections; calls that run are cancelled. Waits for at most two seconds. */
  @Override
  public void close() {
    connection.shutdownNow();
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
