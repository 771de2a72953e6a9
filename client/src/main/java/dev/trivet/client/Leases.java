package dev.trivet.client;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.etcd.LeaseGrantRequest;
import dev.trivet.proto.etcd.LeaseGrantResponse;
import dev.trivet.proto.etcd.LeaseGrpc;
import dev.trivet.proto.etcd.LeaseLeasesRequest;
import dev.trivet.proto.etcd.LeaseLeasesResponse;
import dev.trivet.proto.etcd.LeaseRevokeRequest;
import dev.trivet.proto.etcd.LeaseRevokeResponse;
import dev.trivet.proto.etcd.LeaseStatus;
import dev.trivet.proto.etcd.LeaseTimeToLiveRequest;
import dev.trivet.proto.etcd.LeaseTimeToLiveResponse;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Leases: keys that hang on one are deleted when it ends. etcd's service Lease, and the keepalive
 * that it needs.
 *
 * <p>A grant may be sent again: the client chooses the lease's id, so a second one finds the first.
 */
public final class Leases implements AutoCloseable {
  private final SecureRandom random = new SecureRandom();
  private final Attempts attempts;
  private final LeaseKeeper keeper;

  Leases(Wire wire, Duration limit) {
    this.attempts = new Attempts(wire, limit);
    this.keeper = new LeaseKeeper(wire);
  }

  /**
   * Grants a lease and does not keep it alive: it ends after its time to live.
   *
   * @param ttlSeconds at least 1; a node may give more
   */
  public LeaseGrantResponse grant(long ttlSeconds) {
    return Waiting.on(grantAsync(ttlSeconds, 0));
  }

  /**
   * The same with an id of the caller's choice.
   *
   * @param id 0: random. A lease of this id that is there is LEASE_EXISTS
   */
  public CompletableFuture<LeaseGrantResponse> grantAsync(long ttlSeconds, long id) {
    long chosen = id == 0 ? random.nextLong(1, Long.MAX_VALUE) : id;
    LeaseGrantRequest request =
        LeaseGrantRequest.newBuilder().setTTL(ttlSeconds).setID(chosen).build();
    CompletableFuture<LeaseGrantResponse> first =
        attempts.startWrite(LeaseGrpc.getLeaseGrantMethod(), request);
    return id == 0 ? first.exceptionallyCompose(failure -> again(request, failure)) : first;
  }

  /** Nobody else chooses the same random id: if it is there, the lost request made it. */
  private CompletableFuture<LeaseGrantResponse> again(
      LeaseGrantRequest request, Throwable failure) {
    TrivetException error = Waiting.errorOf(failure);
    if (error.code() != ErrorCode.OUTCOME_UNKNOWN) {
      return CompletableFuture.failedFuture(error);
    }
    return attempts
        .startWrite(LeaseGrpc.getLeaseGrantMethod(), request)
        .exceptionally(
            second -> {
              TrivetException secondError = Waiting.errorOf(second);
              if (secondError.code() == ErrorCode.LEASE_EXISTS) {
                return LeaseGrantResponse.newBuilder()
                    .setID(request.getID())
                    .setTTL(request.getTTL())
                    .build();
              }
              throw new CompletionException(secondError);
            });
  }

  /** Ends a lease now, and deletes its keys. LEASE_NOT_FOUND if there is none. */
  public LeaseRevokeResponse revoke(long id) {
    return Waiting.on(revokeAsync(id));
  }

  public CompletableFuture<LeaseRevokeResponse> revokeAsync(long id) {
    return attempts.startWrite(
        LeaseGrpc.getLeaseRevokeMethod(), LeaseRevokeRequest.newBuilder().setID(id).build());
  }

  /** How long a lease has still to live, in seconds; -1 if there is none. */
  public LeaseTimeToLiveResponse timeToLive(long id, boolean withKeys) {
    return attempts.read(
        LeaseGrpc.getLeaseTimeToLiveMethod(),
        LeaseTimeToLiveRequest.newBuilder().setID(id).setKeys(withKeys).build());
  }

  /** The ids of all leases. */
  public List<Long> list() {
    LeaseLeasesResponse leases =
        attempts.read(LeaseGrpc.getLeaseLeasesMethod(), LeaseLeasesRequest.getDefaultInstance());
    return leases.getLeasesList().stream().map(LeaseStatus::getID).toList();
  }

  /**
   * Grants a lease and keeps it alive until it is closed, this client is closed, or it is lost.
   *
   * @param ttlSeconds how long it outlives this process; at least 1
   */
  public KeptLease hold(long ttlSeconds) {
    return Waiting.on(holdAsync(ttlSeconds));
  }

  public CompletableFuture<KeptLease> holdAsync(long ttlSeconds) {
    long beforeNanos = System.nanoTime();
    return grantAsync(ttlSeconds, 0)
        .thenApply(granted -> keeper.keep(this, granted.getID(), granted.getTTL(), beforeNanos));
  }

  /**
   * Keeps a lease alive that was granted before.
   *
   * @param ttlSeconds its granted time to live
   */
  public KeptLease keep(long id, long ttlSeconds) {
    return keeper.keep(this, id, ttlSeconds, System.nanoTime());
  }

  /** Keeps no lease alive any more; they end by themselves. */
  @Override
  public void close() {
    keeper.close();
  }
}
