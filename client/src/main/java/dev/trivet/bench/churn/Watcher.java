package dev.trivet.bench.churn;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.trivet.bench.wire.Receiver;
import dev.trivet.bench.wire.WireCall;
import dev.trivet.proto.etcd.WatchCreateRequest;
import dev.trivet.proto.etcd.WatchGrpc;
import dev.trivet.proto.etcd.WatchProgressRequest;
import dev.trivet.proto.etcd.WatchRequest;
import dev.trivet.proto.etcd.WatchResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * Watches all objects on a stream of its own, with previous values and progress. When the stream
 * ends it goes on at another connection after what it was told last, as an apiserver does. Owned by
 * the wire's thread.
 */
final class Watcher implements Receiver {
  private static final String WATCH = WatchGrpc.getWatchMethod().getFullMethodName();
  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(200);
  private static final byte[] PROGRESS =
      WatchRequest.newBuilder()
          .setProgressRequest(WatchProgressRequest.getDefaultInstance())
          .build()
          .toByteArray();

  private final Connections connections;
  private final Tally tally;
  private final WatchCheck check;
  private final CountDownLatch created;

  /** Null while there is no stream. */
  private @Nullable WireCall call;

  /** Whether the watch on the stream was made. */
  private boolean isWatching;

  /** Whether what comes is to be watched, as what came was compacted. */
  private boolean isBegunAgain;

  /**
   * A watcher that is not open yet.
   *
   * @param created counted down whenever its watch was made
   */
  Watcher(Connections connections, Tally tally, WatchCheck check, CountDownLatch created) {
    this.connections = connections;
    this.tally = tally;
    this.check = check;
    this.created = created;
  }

  void open() {
    isWatching = false;
    WireCall opened = connections.next().open(WATCH, this);
    call = opened;
    if (opened != null) {
      opened.send(create());
    }
  }

  private byte[] create() {
    return WatchRequest.newBuilder()
        .setCreateRequest(
            WatchCreateRequest.newBuilder()
                .setKey(Pods.PREFIX)
                .setRangeEnd(Pods.END)
                .setStartRevision(isBegunAgain ? 0 : check.told() + 1)
                .setPrevKv(true)
                .setProgressNotify(true))
        .build()
        .toByteArray();
  }

  void askProgress() {
    if (call != null && isWatching) {
      call.send(PROGRESS);
    }
  }

  /** A write was answered with this revision. */
  void acknowledged(long revision) {
    check.acknowledged(revision);
  }

  /** Whether it was told of all that was acknowledged. */
  boolean hasAll() {
    return check.hasAll();
  }

  @Override
  public void message(ByteBuffer message) {
    WatchResponse response;
    try {
      response = WatchResponse.parseFrom(message);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a watcher's message cannot be read", e);
    }
    if (response.getCanceled()) {
      cancelled(response);
    } else if (response.getCreated()) {
      isWatching = true;
      if (isBegunAgain) {
        isBegunAgain = false;
        check.beginAgain(response.getHeader().getRevision());
      }
      created.countDown();
    } else if (response.getEventsCount() == 0) {
      check.progress(response.getHeader().getRevision());
    }
    response.getEventsList().forEach(check::event);
    tally.delivered(response.getEventsCount());
  }

  private void cancelled(WatchResponse response) {
    isWatching = false;
    isBegunAgain = response.getCompactRevision() > check.told();
    tally.failed(
        "a watch was cancelled, compacted to revision %d: %s"
            .formatted(response.getCompactRevision(), response.getCancelReason()));
    connections.later(
        PAUSE_AFTER_FAILURE,
        () -> {
          if (call != null) {
            call.send(create());
          }
        });
  }

  @Override
  public void ended(String failure) {
    call = null;
    tally.failed("a watch ended: " + failure);
    connections.later(PAUSE_AFTER_FAILURE, this::open);
  }
}
