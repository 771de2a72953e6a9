package dev.trivet.api.etcd;

import dev.trivet.api.edge.Statuses;
import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.etcd.LeaseKeepAliveRequest;
import dev.trivet.proto.etcd.LeaseKeepAliveResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * One stream of renewals: each request is answered, a lease that is gone with a time to live of 0.
 * Clients renew all their leases on one stream, so up to 64 renewals are under way at once; a
 * client that sends more is held back.
 *
 * <p>Requests come one at a time on the call's virtual threads; answers come on the threads that
 * complete the renewals. The lock guards the observer and {@code isOver}.
 */
final class KeepAliveStream implements StreamObserver<LeaseKeepAliveRequest> {
  private static final int MAX_UNDER_WAY = 64;

  private final LeaseService leases;
  private final StreamObserver<LeaseKeepAliveResponse> observer;
  private final Semaphore free = new Semaphore(MAX_UNDER_WAY);
  private final Object lock = new Object();
  private boolean isOver;

  KeepAliveStream(LeaseService leases, StreamObserver<LeaseKeepAliveResponse> observer) {
    this.leases = leases;
    this.observer = observer;
    // Without a handler, answering a caller that has gone would throw.
    ((ServerCallStreamObserver<LeaseKeepAliveResponse>) observer).setOnCancelHandler(this::leave);
  }

  @Override
  public void onNext(LeaseKeepAliveRequest request) {
    try {
      free.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      fail(ErrorCode.STOPPING.exception(ErrorCode.STOPPING.text(), e));
      return;
    }
    var _ = leases.renew(request).whenComplete(this::answer);
  }

  private void answer(@Nullable LeaseKeepAliveResponse renewed, @Nullable Throwable failure) {
    try {
      if (renewed == null) {
        fail(failure);
        return;
      }
      synchronized (lock) {
        if (!isOver) {
          observer.onNext(renewed);
        }
      }
    } finally {
      free.release();
    }
  }

  private void fail(@Nullable Throwable failure) {
    synchronized (lock) {
      if (!isOver) {
        isOver = true;
        observer.onError(Statuses.of(failure == null ? ErrorCode.INTERNAL.exception() : failure));
      }
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
    free.acquireUninterruptibly(MAX_UNDER_WAY);
    synchronized (lock) {
      if (!isOver) {
        isOver = true;
        observer.onCompleted();
      }
    }
  }
}
