package dev.trivet.api.etcd;

import dev.trivet.api.auth.Caller;
import dev.trivet.api.auth.Guard;
import dev.trivet.api.edge.Calls;
import dev.trivet.api.port.PromptService;
import dev.trivet.lessor.Lessor;
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
import io.grpc.MethodDescriptor;
import io.grpc.stub.StreamObserver;
import java.security.SecureRandom;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * etcd's service Lease.
 *
 * <p>Renewals go to the leader's memory by {@link Lessor}, everything else through the log. Calls
 * that change something wait on no thread.
 *
 * <p>The state judges who may do what is in the log. A renewal it does not see: while
 * authentication is on, the node that takes one judges it, behind a read barrier, by rows that are
 * as new as the request. The leader trusts the other nodes.
 *
 * <p>Source: etcd API reference, service Lease.
 */
public final class LeaseService extends LeaseGrpc.LeaseImplBase implements PromptService {
  /** Bounded by the renewals that streams may have under way. */
  private static final Executor JUDGEMENTS =
      judgement -> Thread.ofVirtual().name("renewal").start(judgement);

  private final CommandLog log;
  private final Store store;
  private final Headers headers;
  private final Lessor lessor;
  private final Guard guard;
  private final SecureRandom random = new SecureRandom();

  /**
   * @param log signs what is proposed with the caller's name
   */
  public LeaseService(CommandLog log, Store store, Headers headers, Lessor lessor, Guard guard) {
    this.guard = guard;
    this.log = log;
    this.store = store;
    this.headers = headers;
    this.lessor = lessor;
  }

  /** Not a grant, which needs a user: the guard may wait for the user's token. */
  @Override
  public Set<MethodDescriptor<?, ?>> promptCalls() {
    return Set.of(LeaseGrpc.getLeaseRevokeMethod(), LeaseGrpc.getLeaseKeepAliveMethod());
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
    return KeepAliveStream.begin(this, guard.caller(), observer);
  }

  /**
   * Renews once; a lease that is gone comes back with a time to live of 0. The future fails when
   * that is not known in time, or the caller may not renew the lease. May be called on any thread.
   */
  CompletableFuture<LeaseKeepAliveResponse> renew(LeaseKeepAliveRequest request, Caller caller) {
    long id = request.getID();
    // Of before: else a renewal could seem to have come through in the revision that ended the
    // lease.
    long revision = lessor.revision();
    CompletableFuture<Long> renewed =
        guard.isOn()
            ? log.readBarrier()
                .thenRunAsync(() -> requireRenewal(caller, id), JUDGEMENTS)
                .thenCompose(_ -> lessor.renew(id))
            : lessor.renew(id);
    return Calls.limited(renewed)
        .thenApply(
            seconds ->
                LeaseKeepAliveResponse.newBuilder()
                    .setHeader(headers.of(revision))
                    .setID(id)
                    .setTTL(seconds)
                    .build());
  }

  private void requireRenewal(Caller caller, long id) {
    try (ReadView view = store.view()) {
      caller.requireRenewal(view, id);
    }
  }

  @Override
  public void leaseTimeToLive(
      LeaseTimeToLiveRequest request, StreamObserver<LeaseTimeToLiveResponse> observer) {
    Caller caller = guard.caller();
    Calls.answer(
        observer,
        () -> {
          Calls.await(log.readBarrier());
          LeaseTimeToLiveResponse.Builder found;
          try (ReadView view = store.view()) {
            if (request.getKeys()) {
              caller.requireKeysOf(view, request.getID());
            }
            found = LeaseQueries.timeToLive(view, request.getID(), request.getKeys()).toBuilder();
          }
          if (found.getTTL() >= 0) {
            setRemaining(found);
          }
          return found.setHeader(headers.complete(found.getHeader())).build();
        });
  }

  /** It may have ended since it was read: then it is as an unknown one. */
  private void setRemaining(LeaseTimeToLiveResponse.Builder found) {
    long millis = Calls.await(lessor.remainingMillis(found.getID()));
    if (millis < 0) {
      found.setTTL(-1).clearGrantedTTL().clearKeys();
    } else {
      found.setTTL(millis / 1000);
    }
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
