package dev.trivet.api;

import dev.trivet.api.admin.AdminService;
import dev.trivet.api.auth.Authentication;
import dev.trivet.api.auth.Guard;
import dev.trivet.api.auth.TokenKind;
import dev.trivet.api.blobs.BlobsService;
import dev.trivet.api.edge.FailureTexts;
import dev.trivet.api.edge.KnownLeader;
import dev.trivet.api.edge.LeaderNaming;
import dev.trivet.api.edge.OwnRole;
import dev.trivet.api.edge.PatientLog;
import dev.trivet.api.edge.RequestIds;
import dev.trivet.api.edge.RequestLimits;
import dev.trivet.api.etcd.AuthService;
import dev.trivet.api.etcd.ClusterService;
import dev.trivet.api.etcd.Headers;
import dev.trivet.api.etcd.KeyService;
import dev.trivet.api.etcd.LeaderRequirement;
import dev.trivet.api.etcd.LearnerRefusal;
import dev.trivet.api.etcd.LeaseService;
import dev.trivet.api.etcd.MaintenanceService;
import dev.trivet.api.etcd.Schemes;
import dev.trivet.api.etcd.Snapshots;
import dev.trivet.api.etcd.WatchService;
import dev.trivet.api.etcd.coordination.ElectionService;
import dev.trivet.api.etcd.coordination.LockService;
import dev.trivet.api.gateway.JsonGateway;
import dev.trivet.api.health.HealthPages;
import dev.trivet.api.health.Metrics;
import dev.trivet.api.port.HttpHandler;
import dev.trivet.api.port.Served;
import dev.trivet.api.volumes.VolumesService;
import dev.trivet.extents.ExtentStorage;
import dev.trivet.lessor.Lessor;
import dev.trivet.peer.Member;
import dev.trivet.peer.PeerNetwork;
import dev.trivet.replicate.CommandLog;
import dev.trivet.replicate.Membership;
import dev.trivet.state.auth.AccessRules;
import dev.trivet.store.Store;
import dev.trivet.watch.EventSource;
import dev.trivet.watch.WatchHub;
import io.grpc.BindableService;
import io.grpc.ServerInterceptor;
import io.grpc.protobuf.services.HealthStatusManager;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Everything that a node's client port serves, put together over the floors below.
 *
 * <p>Life: opened once the floors run, closed after the port.
 */
public final class ClientApi implements AutoCloseable {
  /** Oftener than etcd, whose ten minutes are longer than many keep their history. */
  private static final Duration WATCH_IDLE = Duration.ofMinutes(1);

  private final Served served;
  private final WatchService watches;
  private final Authentication authentication;

  /**
   * What the API stands on; all of it belongs to the caller and outlives the API.
   *
   * @param clusterId 16 hexadecimal digits
   * @param schemes of the addresses of all members
   * @param quotaBytes what the store's live rows may take, for display; 0: no quota
   * @param access who may do what, never older than the rows of a view that was opened before
   * @param tokens which ones are given and taken
   * @param clock for what is only shown or estimated, and for the end of tokens that are signed
   */
  public record Floors(
      CommandLog log,
      Membership membership,
      Store store,
      Supplier<AccessRules> access,
      EventSource events,
      WatchHub hub,
      Lessor lessor,
      ExtentStorage extents,
      PeerNetwork peers,
      String clusterId,
      Member self,
      Schemes schemes,
      RequestLimits limits,
      long quotaBytes,
      TokenKind tokens,
      InstantSource clock) {}

  private ClientApi(Served served, WatchService watches, Authentication authentication) {
    this.authentication = authentication;
    this.served = served;
    this.watches = watches;
  }

  /** Makes the services and starts what runs beside them. */
  public static ClientApi open(Floors floors) {
    return open(floors, WATCH_IDLE);
  }

  static ClientApi open(Floors floors, Duration watchIdle) {
    KnownLeader leader = new KnownLeader(floors.log());
    Headers headers = new Headers(floors.clusterId(), floors.self(), leader);
    PatientLog unsigned = new PatientLog(floors.log());
    Authentication authentication =
        new Authentication(
            floors.tokens(), floors.access(), unsigned, floors.store(), floors.clock());
    Guard guard = authentication.guard();
    WatchService watches =
        new WatchService(floors.hub(), floors.events(), leader, headers, watchIdle, guard);
    CommandLog log = guard.signing(floors.log());
    CommandLog patient = guard.signing(unsigned);
    KeyService keys = new KeyService(patient, floors.store(), headers, floors.limits(), guard);
    LeaseService leases =
        new LeaseService(patient, floors.store(), headers, floors.lessor(), guard);
    AuthService auth = new AuthService(patient, floors.store(), headers, authentication);
    ClusterService cluster =
        new ClusterService(
            patient,
            floors.membership(),
            floors.store(),
            headers,
            floors.schemes(),
            new SecureRandom());
    MaintenanceService maintenance =
        new MaintenanceService(
            floors.log(),
            floors.membership(),
            floors.store(),
            floors.self(),
            leader,
            headers,
            new Snapshots(
                floors.log(),
                floors.store(),
                headers,
                floors.clusterId(),
                floors.clock(),
                new SecureRandom()),
            floors.quotaBytes(),
            guard);
    List<BindableService> services =
        List.of(
            keys,
            leases,
            watches,
            new LockService(keys, leases, floors.hub()),
            new ElectionService(keys, leases, floors.hub(), headers),
            cluster,
            maintenance,
            auth,
            new BlobsService(log, floors.store(), floors.extents(), floors.clock()),
            new VolumesService(log, floors.store(), floors.extents(), new SecureRandom()),
            admin(floors, log, guard),
            new HealthStatusManager().getHealthService());
    Map<String, HttpHandler> handlers = new HashMap<>();
    handlers.putAll(JsonGateway.handlers());
    handlers.putAll(
        HealthPages.handlers(
            floors.log(),
            floors.store(),
            new Metrics(floors.log(), floors.store(), floors.hub(), floors.extents()),
            MaintenanceService.ETCD_VERSION,
            version()));
    List<ServerInterceptor> interceptors =
        List.of(
            new LeaderNaming(leader),
            new FailureTexts(leader),
            new LearnerRefusal(new OwnRole(floors.membership(), floors.self())::isLearner),
            new LeaderRequirement(leader),
            guard,
            new RequestIds());
    watches.start();
    return new ClientApi(
        new Served(
            services, interceptors, handlers, JsonGateway.conversations(services, interceptors)),
        watches,
        authentication);
  }

  private static AdminService admin(Floors floors, CommandLog log, Guard guard) {
    return new AdminService(
        log,
        floors.membership(),
        floors.store(),
        floors.extents(),
        floors.peers(),
        new AdminService.About(floors.clusterId(), floors.self(), version(), floors.clock()),
        guard);
  }

  /** From the jar's manifest; classes that lie in a folder have none. */
  private static String version() {
    String version = ClientApi.class.getPackage().getImplementationVersion();
    return version == null ? "unpackaged" : version;
  }

  /** For the port. */
  public Served served() {
    return served;
  }

  /** To be called after the port is closed. */
  @Override
  public void close() {
    watches.close();
    authentication.close();
  }
}
