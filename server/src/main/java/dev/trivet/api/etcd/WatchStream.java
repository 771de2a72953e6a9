package dev.trivet.api.etcd;

import dev.trivet.api.auth.Caller;
import dev.trivet.api.edge.Statuses;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.etcd.WatchCreateRequest;
import dev.trivet.proto.etcd.WatchRequest;
import dev.trivet.proto.etcd.WatchResponse;
import dev.trivet.state.entry.Change.KeysChanged;
import dev.trivet.watch.EventSource;
import dev.trivet.watch.Watch;
import dev.trivet.watch.WatchHub;
import dev.trivet.watch.WatchSink;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One stream with any number of watchers.
 *
 * <p>Invariants: a watcher's first message says that it was created, nothing follows the one that
 * says it is cancelled; a progress message's revision is at or above that of all events sent
 * before, and everything that its watchers want up to it has been sent.
 *
 * <p>Requests come on the call's virtual threads, events on the hub's dispatcher, ticks on the
 * service's thread. This object's lock guards all fields and the observer. It is never held while a
 * {@link Watch} is cancelled: that waits for a sink, and a sink waits for this lock.
 */
final class WatchStream implements StreamObserver<WatchRequest> {
  private static final long NO_ID = -1;

  private final WatchHub hub;
  private final EventSource source;
  private final Headers headers;
  private final ServerCallStreamObserver<WatchResponse> observer;
  private final Caller caller;
  private final Map<Long, Watching> watches = new HashMap<>();

  /** Where to look for the next free id. */
  private long nextId;

  /** The highest revision of an event or a progress message that was sent. */
  private long sentRevision;

  /** Progress is to be told once all watchers have got this far; 0 when nobody asks. */
  private long wantedProgress;

  /** The caller does not read, so no more requests are taken from it. */
  private boolean isHeldBack;

  private boolean isOver;

  WatchStream(
      WatchHub hub,
      EventSource source,
      Headers headers,
      ServerCallStreamObserver<WatchResponse> observer,
      Caller caller) {
    this.caller = caller;
    this.hub = hub;
    this.source = source;
    this.headers = headers;
    this.observer = observer;
  }

  @Override
  public void onNext(WatchRequest request) {
    switch (request.getRequestUnionCase()) {
      case CREATE_REQUEST -> create(request.getCreateRequest());
      case CANCEL_REQUEST -> cancel(request.getCancelRequest().getWatchId());
      case PROGRESS_REQUEST -> askProgress();
      // etcd, too, passes over a request it does not know.
      case REQUESTUNION_NOT_SET -> {}
    }
    takeNext();
  }

  /** Each request has an answer, and who does not read answers could fill the memory with them. */
  private synchronized void takeNext() {
    isHeldBack = !observer.isReady();
    if (!isHeldBack) {
      observer.request(1);
    }
  }

  private void create(WatchCreateRequest request) {
    long revision = source.currentRevision();
    WatchedKeys keys = WatchedKeys.of(request);
    String forbidden = forbidden(keys);
    if (request.getStartRevision() < 0) {
      refuse(revision, source.compactedRevision(), ErrorCode.COMPACTED.text());
    } else if (forbidden != null) {
      refuse(revision, 0, forbidden);
    } else if (keys.isEmpty()) {
      refuse(revision, 0, "mvcc: watcher range is empty");
    } else {
      add(request, keys, revision);
    }
  }

  /** Why the caller may not watch the keys, in etcd's words; null when it may. */
  private @Nullable String forbidden(WatchedKeys keys) {
    try {
      caller.requireRead(keys.from(), keys.end());
      return null;
    } catch (TrivetException refusal) {
      return Statuses.inGo(refusal.code());
    }
  }

  private synchronized void add(WatchCreateRequest request, WatchedKeys keys, long revision) {
    if (isOver) {
      return;
    }
    long id = request.getWatchId();
    if (id != 0 && watches.containsKey(id)) {
      refuse(revision, 0, "mvcc: duplicate watch ID provided on the WatchStream");
      return;
    }
    if (id == 0) {
      while (watches.containsKey(nextId)) {
        nextId++;
      }
      id = nextId++;
    }
    long start = request.getStartRevision() == 0 ? revision + 1 : request.getStartRevision();
    Watching watching = new Watching(id, request);
    try {
      watching.watch = hub.watch(keys, start, watching);
    } catch (TrivetException e) {
      refuse(revision, 0, e.code().text());
      return;
    }
    watches.put(id, watching);
    send(
        WatchResponse.newBuilder()
            .setHeader(headers.of(revision))
            .setWatchId(id)
            .setCreated(true)
            .build());
  }

  private synchronized void refuse(long revision, long compacted, String reason) {
    send(
        WatchResponse.newBuilder()
            .setHeader(headers.of(revision))
            .setWatchId(NO_ID)
            .setCreated(true)
            .setCanceled(true)
            .setCompactRevision(compacted)
            .setCancelReason(reason)
            .build());
  }

  private void cancel(long id) {
    Watching watching = take(id);
    if (watching == null) {
      return;
    }
    watching.cancel();
    long revision = source.currentRevision();
    synchronized (this) {
      send(
          WatchResponse.newBuilder()
              .setHeader(headers.of(revision))
              .setWatchId(id)
              .setCanceled(true)
              .build());
    }
  }

  private synchronized @Nullable Watching take(long id) {
    return watches.remove(id);
  }

  private void askProgress() {
    long revision = source.currentRevision();
    synchronized (this) {
      wantedProgress = Math.max(wantedProgress, revision);
      tellProgress();
    }
  }

  /** To be called now and then: {@code onEvents} itself is too early to know what is delivered. */
  synchronized void tellProgress() {
    long target = Math.max(wantedProgress, sentRevision);
    if (wantedProgress > 0
        && watches.values().stream().allMatch(each -> each.deliveredRevision() >= target)) {
      wantedProgress = 0;
      sentRevision = target;
      send(WatchResponse.newBuilder().setHeader(headers.of(target)).setWatchId(NO_ID).build());
    }
  }

  /**
   * Tells each watcher that asked for it, and has heard nothing for a while, how far it has got.
   * That may be behind the store's revision, as it always is while others write without pause.
   *
   * @param currentRevision the store's, read before this call
   */
  synchronized void notifyIdle(long currentRevision, long nowNanos, long idleNanos) {
    for (Watching each : watches.values()) {
      if (each.wantsProgress && nowNanos - each.heardNanos >= idleNanos && observer.isReady()) {
        each.heardNanos = nowNanos;
        // Whoever waits for a future revision has got there, as it were.
        long reached = Math.min(each.deliveredRevision(), currentRevision);
        long revision = Math.max(reached, each.sentRevision);
        sentRevision = Math.max(sentRevision, revision);
        send(
            WatchResponse.newBuilder().setHeader(headers.of(revision)).setWatchId(each.id).build());
      }
    }
  }

  private void send(WatchResponse message) {
    if (!isOver) {
      observer.onNext(message);
    }
  }

  /** The caller reads again. */
  synchronized void resume() {
    if (isHeldBack) {
      isHeldBack = false;
      observer.request(1);
    }
    watches.values().forEach(Watching::resume);
  }

  /** The caller wants a node that has a leader, and this one has none. */
  void failWithoutLeader() {
    if (leave()) {
      observer.onError(Statuses.of(ErrorCode.NO_LEADER.exception()));
    }
  }

  @Override
  public void onCompleted() {
    if (leave()) {
      observer.onCompleted();
    }
  }

  @Override
  public void onError(Throwable thrown) {
    leave();
  }

  /** Ends all watchers. False if that was done before. */
  boolean leave() {
    List<Watching> left;
    synchronized (this) {
      if (isOver) {
        return false;
      }
      isOver = true;
      left = List.copyOf(watches.values());
      watches.clear();
    }
    left.forEach(Watching::cancel);
    return true;
  }

  /** One watcher. Its fields belong to the stream's lock. */
  private final class Watching implements WatchSink {
    private final long id;
    private final boolean isWithPrevious;
    private final boolean isFragmenting;
    private final boolean wantsProgress;
    private @Nullable Watch watch;
    private long heardNanos = System.nanoTime();
    private long sentRevision;

    Watching(long id, WatchCreateRequest request) {
      this.id = id;
      this.isWithPrevious = request.getPrevKv();
      this.isFragmenting = request.getFragment();
      this.wantsProgress = request.getProgressNotify();
    }

    @Override
    public boolean isReady() {
      return observer.isReady();
    }

    @Override
    public boolean wantsPrevious() {
      return isWithPrevious;
    }

    @Override
    public void onEvents(List<KeysChanged> revisions) {
      List<WatchResponse> messages = EventMessages.of(headers, id, isFragmenting, revisions);
      synchronized (WatchStream.this) {
        if (watches.get(id) == this) {
          heardNanos = System.nanoTime();
          sentRevision = revisions.getLast().revision();
          WatchStream.this.sentRevision = Math.max(WatchStream.this.sentRevision, sentRevision);
          messages.forEach(WatchStream.this::send);
        }
      }
    }

    @Override
    public void onCompacted(long compactedRevision) {
      end(WatchResponse.newBuilder().setCompactRevision(compactedRevision));
    }

    @Override
    public void onFailed(TrivetException failure) {
      end(WatchResponse.newBuilder().setCancelReason(failure.code().text()));
    }

    private void end(WatchResponse.Builder last) {
      synchronized (WatchStream.this) {
        if (watches.remove(id, this)) {
          send(last.setHeader(headers.withoutRevision()).setWatchId(id).setCanceled(true).build());
        }
      }
    }

    long deliveredRevision() {
      return watch == null ? 0 : watch.deliveredRevision();
    }

    void resume() {
      if (watch != null) {
        watch.resume();
      }
    }

    void cancel() {
      if (watch != null) {
        watch.cancel();
      }
    }
  }
}
