package dev.trivet.api.etcd.coordination;

import dev.trivet.api.edge.Calls;
import dev.trivet.api.etcd.KeyService;
import dev.trivet.api.etcd.LeaseService;
import dev.trivet.proto.etcd.DeleteRangeRequest;
import dev.trivet.proto.etcd.DeleteRangeResponse;
import dev.trivet.proto.etcd.LeaseGrantRequest;
import dev.trivet.proto.etcd.LeaseGrantResponse;
import dev.trivet.proto.etcd.LeaseRevokeRequest;
import dev.trivet.proto.etcd.LeaseRevokeResponse;
import dev.trivet.proto.etcd.RangeRequest;
import dev.trivet.proto.etcd.RangeResponse;
import dev.trivet.proto.etcd.TxnRequest;
import dev.trivet.proto.etcd.TxnResponse;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;

/**
 * The services of keys and leases, called by the thread of a call on behalf of its caller: in the
 * caller's context, so that through here nobody does what they may not do there. Every method waits
 * and throws what {@link Calls#await(CompletableFuture)} does.
 */
final class KeyCalls {
  private final KeyService keys;
  private final LeaseService leases;

  KeyCalls(KeyService keys, LeaseService leases) {
    this.keys = keys;
    this.leases = leases;
  }

  RangeResponse range(RangeRequest request) {
    Answer<RangeResponse> answer = new Answer<>();
    keys.range(request, answer);
    return answer.await();
  }

  TxnResponse txn(TxnRequest request) {
    Answer<TxnResponse> answer = new Answer<>();
    keys.txn(request, answer);
    return answer.await();
  }

  DeleteRangeResponse delete(DeleteRangeRequest request) {
    Answer<DeleteRangeResponse> answer = new Answer<>();
    keys.deleteRange(request, answer);
    return answer.await();
  }

  /** Grants a lease and returns its id. */
  long grant(long seconds) {
    Answer<LeaseGrantResponse> answer = new Answer<>();
    leases.leaseGrant(LeaseGrantRequest.newBuilder().setTTL(seconds).build(), answer);
    return answer.await().getID();
  }

  void revoke(long lease) {
    Answer<LeaseRevokeResponse> answer = new Answer<>();
    leases.leaseRevoke(LeaseRevokeRequest.newBuilder().setID(lease).build(), answer);
    var _ = answer.await();
  }

  /** Takes the one answer of a unary method. */
  private static final class Answer<A> implements StreamObserver<A> {
    private final CompletableFuture<A> future = new CompletableFuture<>();

    A await() {
      return Calls.await(future);
    }

    @Override
    public void onNext(A value) {
      future.complete(value);
    }

    @Override
    public void onError(Throwable thrown) {
      future.completeExceptionally(thrown);
    }

    @Override
    public void onCompleted() {}
  }
}
