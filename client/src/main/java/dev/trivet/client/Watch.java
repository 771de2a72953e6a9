package dev.trivet.client;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.etcd.Event;
import dev.trivet.proto.etcd.WatchCreateRequest;
import dev.trivet.proto.etcd.WatchGrpc;
import dev.trivet.proto.etcd.WatchRequest;
import dev.trivet.proto.etcd.WatchResponse;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.MetadataUtils;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A watch that survives its connection: when the stream breaks it is opened again, at another node
 * if need be, one revision after the last that was delivered. Every event is delivered once and in
 * order.
 *
 * <p>Invariant: all events before {@code nextRevision} were delivered; 0 until the first node has
 * said where "now" is. The fields are guarded by this object's lock; the listener is called outside
 * of it, by one thread at a time, and the node waits while it works.
 */
public final class Watch implements AutoCloseable {
  private static final Metadata.Key<String> HAS_LEADER =
      Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER);
  private static final long PAUSE_MILLIS = 200;

  private final WatchGrpc.WatchStub stub;
  private final WatchCreateRequest request;
  private final Consumer<WatchResponse> listener;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private final Wire wire;
  private long nextRevision;

  /** Whether another token was asked for since something last arrived. */
  private boolean isRenewed;

  private @Nullable ClientCallStreamObserver<WatchRequest> stream;

  private Watch(Wire wire, WatchCreateRequest request, Consumer<WatchResponse> listener) {
    // A node that lost its leader then ends the stream, and another node is asked.
    Metadata headers = new Metadata();
    headers.put(HAS_LEADER, "true");
    this.stub =
        WatchGrpc.newStub(wire.channel())
            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    this.wire = wire;
    this.request = request;
    this.listener = listener;
    this.nextRevision = request.getStartRevision();
  }

  static Watch open(Wire wire, WatchCreateRequest request, Consumer<WatchResponse> listener) {
    Watch watch = new Watch(wire, request, listener);
    watch.connect();
    return watch;
  }

  /**
   * Completes when the watch was closed; fails with a {@link TrivetException} when it cannot go on:
   * COMPACTED if the revision that it must resume at is gone, STOPPING if the client was closed,
   * INTERNAL if the listener threw, or whatever the node refused it with.
   */
  public CompletableFuture<Void> ended() {
    return ended.copy();
  }

  /** Ends the watch; a call of the listener that runs is not interrupted. */
  @Override
  public void close() {
    finish(null);
  }

  private void connect() {
    if (ended.isDone()) {
      return;
    }
    long from;
    synchronized (this) {
      from = nextRevision;
    }
    var requests = stub.watch(new Stream());
    try {
      requests.onNext(
          WatchRequest.newBuilder()
              .setCreateRequest(request.toBuilder().setStartRevision(from))
              .build());
    } catch (IllegalStateException e) {
      // Closed meanwhile: the stream's own end is reported to its observer.
      requests.onError(e);
    }
    if (ended.isDone()) {
      // Closed while the stream was being opened: nobody else knows of it.
      cancelStream();
    }
  }

  private void connectLater() {
    if (wire.later(this::connect, PAUSE_MILLIS) == null) {
      finish(ErrorCode.STOPPING.exception("the client is closed"));
    }
  }

  /** Tried again with another token, once until something arrives. */
  private void refused(TrivetException error) {
    boolean isTriedAgain;
    synchronized (this) {
      isTriedAgain = !isRenewed && wire.tokens().areRefusedBy(error.code());
      isRenewed = true;
    }
    if (isTriedAgain) {
      connectLater();
    } else {
      finish(error);
    }
  }

  private void cancelled(WatchResponse response) {
    String reason = "watch cancelled: " + response.getCancelReason();
    if (response.getCompactRevision() > 0) {
      finish(ErrorCode.COMPACTED.exception());
      return;
    }
    TrivetException error =
        Failures.of(Status.FAILED_PRECONDITION.withDescription(reason).asRuntimeException(), false);
    if (wire.tokens().areRefusedBy(error.code())) {
      // Said by a message, not by the call's end, so nobody else knows.
      wire.tokens().drop();
      refused(error);
    } else {
      finish(error);
    }
  }

  private void finish(@Nullable TrivetException error) {
    if (error == null) {
      ended.complete(null);
    } else {
      ended.completeExceptionally(error);
    }
    cancelStream();
  }

  private void cancelStream() {
    ClientCallStreamObserver<WatchRequest> open;
    synchronized (this) {
      open = stream;
      stream = null;
    }
    if (open != null) {
      open.cancel("the watch ended", null);
    }
  }

  private synchronized void delivered(WatchResponse response) {
    long last = response.getEventsCount() == 0 ? response.getHeader().getRevision() : 0;
    for (Event event : response.getEventsList()) {
      last = Math.max(last, event.getKv().getModRevision());
    }
    // A node that creates a watch in the past says its newest revision, not what was delivered.
    if (!response.getCreated() || nextRevision == 0) {
      nextRevision = Math.max(nextRevision, last + 1);
    }
  }

  /** One stream; calls come from one thread at a time. */
  private final class Stream implements ClientResponseObserver<WatchRequest, WatchResponse> {
    @Override
    public void beforeStart(ClientCallStreamObserver<WatchRequest> requests) {
      synchronized (Watch.this) {
        stream = requests;
      }
    }

    @Override
    public void onNext(WatchResponse response) {
      if (ended.isDone()) {
        return;
      }
      if (response.getCanceled()) {
        cancelled(response);
        return;
      }
      synchronized (Watch.this) {
        isRenewed = false;
      }
      if (response.getEventsCount() > 0) {
        try {
          listener.accept(response);
        } catch (RuntimeException e) {
          finish(ErrorCode.INTERNAL.exception("the watch's listener failed: " + e, e));
          return;
        }
      }
      delivered(response);
    }

    @Override
    public void onError(Throwable failure) {
      if (ended.isDone()) {
        return;
      }
      TrivetException error =
          failure instanceof StatusRuntimeException status
              ? Failures.of(status, false)
              : ErrorCode.INTERNAL.exception(failure.toString(), failure);
      switch (error.code()) {
        // Refused for what was asked: the next node would say the same.
        case COMPACTED, INVALID_ARGUMENT, NOT_PERMITTED, UNIMPLEMENTED -> finish(error);
        case AUTH_FAILED, PERMISSION_DENIED -> finish(error);
        case INVALID_AUTH_TOKEN, AUTH_REVISION_OLD, USER_EMPTY -> refused(error);
        default -> connectLater();
      }
    }

    @Override
    public void onCompleted() {
      connectLater();
    }
  }
}
