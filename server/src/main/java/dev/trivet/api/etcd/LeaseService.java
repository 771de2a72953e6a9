package dev.trivet.api.etcd;

import dev.trivet.api.auth.Caller;
import dev.trivet.api.auth.Guard;
import dev.trivet.api.edge.Calls;
import dev.trivet.proto.etcd.LeaseGrantRequest;
import dev.trivet.proto.etcd.LeaseGrantResponse;
import dev.trivet.proto.etcd.LeaseGrpc;
import dev.trivet.proto.etcd.LeaseKeepAliveRequest;
import dev.trivet.proto.etcd.LeaseKeepAliveResponse;
import dev.trivet.proto.etcd.LeaseLeasesRequest;
import dev.trivet.proto.etcd.LeaseLeasesResponse;
import dev.trivet.proto.etcd.LeaseRevokeRequest;
import dev.trivet.proto.etcd.LeaseRevokeResponse;
import dev.trivet.proto.etcd.LeaseTimeToLiveRequest;
import dev.trivet.proto.etcd.LeaseTimeToLiveResponse;
import dev.trivet.proto.log.Command;
import dev.trivet.replicate.CommandLog;
import dev.trivet.state.leases.LeaseQueries;
import dev.trivet.store.ReadView;
import dev.trivet.store.Store;
import io.grpc.stub.StreamObserver;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;

/**
 * etcd's service Lease.
 *
 * <p>A renewal is a command in the log like every other change, so any node takes it.
 *
 * <p>Source: etcd API reference, service Lease.
 */
public final class LeaseService extends LeaseGrpc.LeaseImplBase {
  private final CommandLog log;
  private final Store store;
  private final Headers headers;
  private final InstantSource clock;
  private final Guard guard;
  private final SecureRandom random = new SecureRandom();

  /**
   * @param log signs what is proposed with the caller's name
   */
  public LeaseService(
      CommandLog log, Store store, Headers headers, InstantSource clock, Guard guard) {
    this.guard = guard;
    this.log = log;
    this.store = store;
    this.headers = headers;
    this.clock = clock;
  }

  @Override
  public void leaseGrant(LeaseGrantRequest request, StreamObserver<LeaseGrantResponse> observer) {
    LeaseGrantRequest named =
        request.getID() == 0
            ? request.toBuilder().setID(random.nextLong(1, Long.MAX_VALUE)).build()
            : request;
    Calls.answer(
        observer,
        log.propose(Command.newBuilder().setLeaseGrant(named).build()),
        committed -> {
          LeaseGrantResponse done = Calls.accepted(committed).getLeaseGrant();
          return done.toBuilder().setHeader(headers.complete(done.getHeader())).build();
        });
  }

  @Override
  public void leaseRevoke(
      LeaseRevokeRequest request, StreamObserver<LeaseRevokeResponse> observer) {
    Calls.answer(
        observer,
        log.propose(Command.newBuilder().setLeaseRevoke(request).build()),
        committed -> {
          LeaseRevokeResponse done = Calls.accepted(committed).getLeaseRevoke();
          return done.toBuilder().setHeader(headers.complete(done.getHeader())).build();
        });
  }

  @Override
  public StreamObserver<LeaseKeepAliveRequest> leaseKeepAlive(
      StreamObserver<LeaseKeepAliveResponse> observer) {
    return new KeepAliveStream(this, observer);
  }

  /**
   * Renews once; a lease that is gone comes back with a time to live of 0. The future fails when
   * that is not known in time.
   */
  public CompletableFuture<LeaseKeepAliveResponse> renew(LeaseKeepAliveRequest request) {
    return Calls.limited(log.propose(Command.newBuilder().setLeaseRenew(request).build()))
        .thenApply(
            committed -> {
              LeaseKeepAliveResponse done = Calls.accepted(committed).getLeaseRenew();
              return done.toBuilder().setHeader(headers.complete(done.getHeader())).build();
            });
  }

  @Override
  public void leaseTimeToLive(
      LeaseTimeToLiveRequest request, StreamObserver<LeaseTimeToLiveResponse> observer) {
    Caller caller = guard.caller();
    Calls.answer(
        observer,
        () -> {
          Calls.await(log.readBarrier());
          try (ReadView view = store.view()) {
            if (request.getKeys()) {
              caller.requireKeysOf(view, request.getID());
            }
            LeaseTimeToLiveResponse found =
                LeaseQueries.timeToLive(view, request.getID(), request.getKeys(), clock.millis());
            return found.toBuilder().setHeader(headers.complete(found.getHeader())).build();
          }
        });
  }

  @Override
  public void leaseLeases(
      LeaseLeasesRequest request, StreamObserver<LeaseLeasesResponse> observer) {
    Caller caller = guard.caller();
    Calls.answer(
        observer,
        () -> {
          Calls.await(log.readBarrier());
          try (ReadView view = store.view()) {
            caller.requireKeysOfAllLeases(view);
            LeaseLeasesResponse found = LeaseQueries.leases(view);
            return found.toBuilder().setHeader(headers.complete(found.getHeader())).build();
          }
        });
  }
}
