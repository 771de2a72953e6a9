package dev.trivet.api.etcd;

import dev.trivet.api.auth.Caller;
import dev.trivet.api.edge.Statuses;
import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.etcd.LeaseKeepAliveRequest;
import dev.trivet.proto.etcd.LeaseKeepAliveResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;

/**
 * One stream of renewals: each request is answered, a lease that is gone with a time to live of 0.
 * Clients renew all their leases on one stream, so up to {@value #MAX_UNDER_WAY} renewals are under
 * way at once; a client that sends more, or does not read its answers, is asked for no more.
 *
 * <p>Requests come on the network's thread, which never waits here; answers come on the threads
 * that complete the renewals. The lock guards all fields and the observer.
 */
final class KeepAliveStream implements StreamObserver<LeaseKeepAliveRequest> {
  private static final int MAX_UNDER_WAY = 256;

  private final LeaseService leases;
  private final Caller caller;
  private final ServerCallStreamObserver<LeaseKeepAliveResponse> observer;
  private final Object lock = new Object();
  private int underWay;

  /** Requests that the caller may send as soon as it reads. */
  private int owed;

  private boolean isLast;
  private boolean isOver;

  private KeepAliveStream(
      LeaseService leases,
      Caller caller,
      ServerCallStreamObserver<LeaseKeepAliveResponse> observer) {
    this.leases = leases;
    this.caller = caller;
    this.observer = observer;
  }

  /** To be called in the method that gRPC calls, where the call's handlers may still be set. */
  static KeepAliveStream begin(
      LeaseService leases, Caller caller, StreamObserver<LeaseKeepAliveResponse> observer) {
    ServerCallStreamObserver<LeaseKeepAliveResponse> call =
        (ServerCallStreamObserver<LeaseKeepAliveResponse>) observer;
    KeepAliveStream stream = new KeepAliveStream(leases, caller, call);
    // Without a handler, answering a caller that has gone would throw.
    call.setOnCancelHandler(stream::leave);
    call.setOnReadyHandler(stream::askForOwed);
    call.disableAutoRequest();
    call.request(MAX_UNDER_WAY);
    return stream;
  }

  @Override
  public void onNext(LeaseKeepAliveRequest request) {
    synchronized (lock) {
      underWay++;
    }
    var _ = leases.renew(request, caller).whenComplete(this::answer);
  }

  private void answer(@Nullable LeaseKeepAliveResponse renewed, @Nullable Throwable failure) {
    synchronized (lock) {
      underWay--;
      if (isOver) {
        return;
      }
      if (renewed == null) {
        isOver = true;
        observer.onError(Statuses.of(failure == null ? ErrorCode.INTERNAL.exception() : failure));
        return;
      }
      observer.onNext(renewed);
      owed++;
      askForOwed();
      completeAfterLast();
    }
  }

  private void askForOwed() {
    synchronized (lock) {
      if (!isOver && !isLast && owed > 0 && observer.isReady()) {
        observer.request(owed);
        owed = 0;
      }
    }
  }

  private void completeAfterLast() {
    if (isLast && underWay == 0 && !isOver) {
      isOver = true;
      observer.onCompleted();
    }
  }

  private void leave() {
    synchronized (lock) {
      isOver = true;
    }
  }

  @Override
  public void onError(Throwable thrown) {
    leave();
  }

  /** The caller sends no more; what is under way is answered first. */
  @Override
  public void onCompleted() {
    synchronized (lock) {
      isLast = true;
      completeAfterLast();
    }
  }
}
