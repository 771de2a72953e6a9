package dev.trivet.client;

import dev.trivet.errors.ErrorCode;
import dev.trivet.pem.PemFiles;
import dev.trivet.proto.etcd.AuthGrpc;
import dev.trivet.proto.etcd.WatchCreateRequest;
import dev.trivet.proto.etcd.WatchResponse;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.LoadBalancerRegistry;
import io.grpc.ManagedChannel;
import io.grpc.NameResolverRegistry;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

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

  private TrivetClient(ManagedChannel connection, Duration deadline, Login login) {
    this.connection = connection;
    this.timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().name("trivet-client-timer").daemon().factory());
    timer.setRemoveOnCancelPolicy(true);
    LeaderHint hint = new LeaderHint();
    OncePromise promise = new OncePromise();
    CallRules rules = new CallRules(hint, promise, new Reconnect(connection), deadline);
    RequestNumbers numbers = new RequestNumbers();
    // The question for a token carries none.
    Wire open =
        new Wire(
            ClientInterceptors.intercept(connection, rules),
            timer,
            numbers,
            promise,
            hint,
            Tokens.none());
    Attempts attempts = new Attempts(open, deadline);
    Tokens tokens =
        new Tokens(login, request -> attempts.startRead(AuthGrpc.getAuthenticateMethod(), request));
    // The rules come first: a call's deadline is that of all it takes, its token included.
    Channel channel = ClientInterceptors.intercept(connection, new TokenRules(tokens), rules);
    this.wire = new Wire(channel, timer, numbers, promise, hint, tokens);
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
    private Login login = Login.NOBODY;
    private @Nullable SslContextBuilder encryption;

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

    /**
     * Has all calls made as a user: the client gets itself a token by etcd's Authenticate when the
     * first call needs one, and again when nodes do not take it any more. While authentication is
     * off the user has no meaning. Without TLS the password can be read on the way.
     *
     * <p>Calls fail with AUTH_FAILED when the password is wrong.
     *
     * @throws dev.trivet.errors.TrivetException INVALID_ARGUMENT if the name is empty
     */
    public Builder user(String name, String password) {
      login = Login.of(name, password);
      return this;
    }

    /**
     * Speaks TLS, to nodes whose certificates one of these authorities has signed and that are for
     * the host of the endpoint.
     *
     * @param authorities PEM; read now
     * @throws dev.trivet.errors.TrivetException INVALID_ARGUMENT that names a file that is bad
     */
    public Builder trust(Path authorities) {
      encryption().trustManager(PemFiles.certificates(authorities).toArray(X509Certificate[]::new));
      return this;
    }

    /**
     * Speaks TLS, and shows a certificate to nodes that ask for one. Without {@link #trust} nodes
     * must be known to one of the authorities that Java trusts.
     *
     * @param certificate PEM, the own one first; read now
     * @param key PEM, PKCS#8 without a password
     * @throws dev.trivet.errors.TrivetException INVALID_ARGUMENT that names a file that is bad
     */
    public Builder certificate(Path certificate, Path key) {
      List<X509Certificate> chain = PemFiles.certificates(certificate);
      PrivateKey own = PemFiles.key(key);
      PemFiles.requirePair(certificate, chain.getFirst(), key, own);
      encryption().keyManager(own, chain);
      return this;
    }

    private SslContextBuilder encryption() {
      SslContextBuilder chosen = encryption;
      if (chosen == null) {
        chosen = GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK);
        encryption = chosen;
      }
      return chosen;
    }

    private void encrypt(NettyChannelBuilder channel) {
      SslContext tls = tls();
      if (tls == null) {
        channel.usePlaintext();
      } else {
        channel.sslContext(tls);
      }
    }

    /**
     * The TLS that connections speak, for who makes their own; null: none.
     *
     * @throws dev.trivet.errors.TrivetException INVALID_ARGUMENT for certificates that Java refuses
     */
    public @Nullable SslContext tls() {
      try {
        return encryption == null ? null : encryption.build();
      } catch (SSLException e) {
        throw ErrorCode.INVALID_ARGUMENT.exception(
            "Java's TLS refuses the certificates: " + e.getMessage(), e);
      }
    }

    public TrivetClient connect() {
      if (endpoints.isEmpty()) {
        throw ErrorCode.INVALID_ARGUMENT.exception("0 endpoints given, at least 1 is needed");
      }
      String target =
          EndpointResolverProvider.target(endpoints.stream().map(Endpoint::parse).toList());
      NettyChannelBuilder channel =
          NettyChannelBuilder.forTarget(target)
              .defaultLoadBalancingPolicy(LeaderFirstProvider.POLICY)
              .keepAliveTime(KEEPALIVE.toSeconds(), TimeUnit.SECONDS)
              .keepAliveTimeout(KEEPALIVE_TIMEOUT.toSeconds(), TimeUnit.SECONDS)
              .keepAliveWithoutCalls(true)
              .maxInboundMessageSize(LARGEST_REPLY_BYTES);
      encrypt(channel);
      return new TrivetClient(LostServers.noticed(channel).build(), deadline, login);
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
