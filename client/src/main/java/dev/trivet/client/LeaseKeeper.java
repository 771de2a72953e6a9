package dev.trivet.client;

import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.etcd.LeaseGrpc;
import dev.trivet.proto.etcd.LeaseKeepAliveRequest;
import dev.trivet.proto.etcd.LeaseKeepAliveResponse;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;

/**
 * Renews all leases of a client on one stream, each after a third of its time to live. A stream
 * that breaks is opened again; one on which a renewal stays unanswered until the next one is due is
 * given up, for its node may stand still.
 *
 * <p>While no node has a leader, renewals go on being tried: a new leader gives every lease its
 * full time again. A lease that was not confirmed for its whole time to live is lost.
 *
 * <p>Invariant: a lease in {@code kept} has exactly one task on the timer. The fields are guarded
 * by this object's lock, which is never held while a lease's owner is told something.
 */
final class LeaseKeeper implements AutoCloseable {
  /** After an error: soon, since a renewal may be late already. */
  private static final long PAUSE_MILLIS = 100;

  private final Wire wire;
  private final Map<Long, Kept> kept = new HashMap<>();
  private @Nullable Stream stream;
  private boolean isClosed;

  /** One lease and its renewal under way; 0: none. */
  private static final class Kept {
    final KeptLease lease;
    long sentNanos;
    volatile @Nullable ScheduledFuture<?> task;

    Kept(KeptLease lease) {
      this.lease = lease;
    }

    void stop() {
      ScheduledFuture<?> next = task;
      if (next != null) {
        next.cancel(false);
      }
    }

    long pauseMillis() {
      return Math.max(PAUSE_MILLIS, lease.ttlSeconds() * 1_000 / 3);
    }
  }

  LeaseKeeper(Wire wire) {
    this.wire = wire;
  }

  KeptLease keep(Leases leases, long id, long ttlSeconds, long confirmedNanos) {
    KeptLease lease = new KeptLease(leases, this, id, ttlSeconds, confirmedNanos);
    Kept entry = new Kept(lease);
    synchronized (this) {
      if (isClosed) {
        throw ErrorCode.STOPPING.exception("the client is closed");
      }
      kept.put(id, entry);
    }
    later(entry, 0);
    return lease;
  }

  void forget(KeptLease lease) {
    Stream idle = null;
    synchronized (this) {
      Kept entry = kept.remove(lease.id());
      if (entry != null) {
        entry.stop();
      }
      if (kept.isEmpty()) {
        idle = stream;
        stream = null;
      }
    }
    if (idle != null) {
      idle.cancel();
    }
  }

  @Override
  public void close() {
    List<Kept> rest;
    Stream open;
    synchronized (this) {
      isClosed = true;
      rest = List.copyOf(kept.values());
      kept.clear();
      open = stream;
      stream = null;
    }
    if (open != null) {
      open.cancel();
    }
    rest.forEach(Kept::stop);
    rest.forEach(each -> each.lease.lose(ErrorCode.STOPPING.exception("the client is closed")));
  }

  private void later(Kept entry, long millis) {
    // Null when the client is closed meanwhile: the lease is told so by close.
    entry.task = wire.later(() -> renew(entry), millis);
  }

  /** On the timer. */
  private void renew(Kept entry) {
    long now = System.nanoTime();
    long left = entry.lease.endNanos() - now;
    if (left <= 0) {
      lose(entry, "no node has confirmed the lease for %d s".formatted(entry.lease.ttlSeconds()));
      return;
    }
    Stream useless = null;
    Stream open;
    synchronized (this) {
      if (kept.get(entry.lease.id()) != entry) {
        return;
      }
      if (entry.sentNanos != 0) {
        useless = stream;
        stream = null;
      }
      if (stream == null) {
        stream = new Stream();
      }
      open = stream;
      entry.sentNanos = now;
    }
    if (useless != null) {
      wire.hint().forget();
      useless.cancel();
    }
    open.send(entry.lease.id());
    later(entry, Math.min(entry.pauseMillis(), Math.max(1, left / 1_000_000)));
  }

  private void lose(Kept entry, String reason) {
    synchronized (this) {
      if (kept.get(entry.lease.id()) != entry) {
        return;
      }
      kept.remove(entry.lease.id());
    }
    entry.lease.lose(ErrorCode.LEASE_NOT_FOUND.exception(reason));
  }

  private void answered(LeaseKeepAliveResponse response) {
    Kept entry;
    synchronized (this) {
      entry = kept.get(response.getID());
      if (entry == null) {
        return;
      }
      if (response.getTTL() > 0 && entry.sentNanos != 0) {
        entry.lease.confirmed(entry.sentNanos);
        entry.sentNanos = 0;
      }
    }
    if (response.getTTL() <= 0) {
      lose(entry, "the lease has ended");
    }
  }

  /** What was under way on it is sent again soon, on another stream. */
  private void ended(Stream ending) {
    List<Kept> unanswered;
    synchronized (this) {
      if (stream != ending) {
        return;
      }
      stream = null;
      unanswered = kept.values().stream().filter(entry -> entry.sentNanos != 0).toList();
      unanswered.forEach(entry -> entry.sentNanos = 0);
    }
    for (Kept entry : unanswered) {
      Kept again = new Kept(entry.lease);
      synchronized (this) {
        // The old entry's task finds itself replaced.
        if (!kept.replace(entry.lease.id(), entry, again)) {
          continue;
        }
      }
      later(again, PAUSE_MILLIS);
    }
  }

  /** One stream of renewals. The lock of the observer orders what is sent. */
  private final class Stream
      implements ClientResponseObserver<LeaseKeepAliveRequest, LeaseKeepAliveResponse> {
    private final StreamObserver<LeaseKeepAliveRequest> requests;
    private @Nullable ClientCallStreamObserver<LeaseKeepAliveRequest> call;

    Stream() {
      requests = LeaseGrpc.newStub(wire.channel()).leaseKeepAlive(this);
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<LeaseKeepAliveRequest> started) {
      call = started;
    }

    void send(long id) {
      try {
        synchronized (requests) {
          requests.onNext(LeaseKeepAliveRequest.newBuilder().setID(id).build());
        }
      } catch (IllegalStateException _) {
        // The stream has ended: its end is told to this observer, which sends it again.
        ended(this);
      }
    }

    void cancel() {
      ClientCallStreamObserver<LeaseKeepAliveRequest> started = call;
      if (started != null) {
        started.cancel("not needed any more", null);
      }
    }

    @Override
    public void onNext(LeaseKeepAliveResponse response) {
      answered(response);
    }

    @Override
    public void onError(Throwable failure) {
      ended(this);
    }

    @Override
    public void onCompleted() {
      ended(this);
    }
  }
}
