package dev.trivet.mount;

import dev.trivet.client.Failures;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.api.CloseSessionRequest;
import dev.trivet.proto.api.OpenSessionRequest;
import dev.trivet.proto.api.RenewSessionRequest;
import dev.trivet.proto.api.VolumesGrpc;
import dev.trivet.proto.log.SessionRecord;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right to use a volume alone, for as long as it is renewed. A thread of its own renews it
 * every third of its time to live. When nothing is heard of the cluster for so long that another
 * mount may have the volume, nothing is answered until it is known; when the cluster says that the
 * session is gone, it is over for good: the mount is fenced.
 */
final class VolumeSession implements AutoCloseable {
  /** How much earlier than on the cluster the session is over here: the kernel's cache time. */
  static final Duration MARGIN = Duration.ofSeconds(AttributeRequests.CACHE_SECONDS);

  private static final Logger LOG = LoggerFactory.getLogger(VolumeSession.class);
  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(200);

  private final Channel channel;
  private final SessionRecord record;
  private final SessionClock clock;
  private final LongSupplier nanoTime;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread renewer;
  private volatile boolean isGivenBack;

  private VolumeSession(
      Channel channel, SessionRecord record, SessionClock clock, LongSupplier nanoTime) {
    this.channel = channel;
    this.record = record;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.renewer =
        Thread.ofPlatform().daemon().name("volume-session").unstarted(this::renewUntilOver);
  }

  /**
   * Attaches to a volume. Waits, up to the time to live, for a session that a lost answer may have
   * opened.
   *
   * @param timeToLive at least 3 seconds
   * @throws TrivetException VOLUME_NOT_FOUND, VOLUME_IN_USE, or what kept the cluster from
   *     answering
   */
  static VolumeSession open(
      Channel channel, String volume, String holder, Duration timeToLive, LongSupplier nanoTime) {
    OpenSessionRequest request =
        OpenSessionRequest.newBuilder()
            .setVolume(volume)
            .setHolder(holder)
            .setTtlMillis(timeToLive.toMillis())
            .build();
    long began = nanoTime.getAsLong();
    boolean mayBeOurs = false;
    while (true) {
      long sent = nanoTime.getAsLong();
      try {
        SessionRecord record =
            ClientCalls.blockingUnaryCall(
                    channel,
                    VolumesGrpc.getOpenSessionMethod(),
                    CallOptions.DEFAULT.withDeadlineAfter(timeToLive.dividedBy(3)),
                    request)
                .getSession();
        Duration granted = Duration.ofMillis(record.getTtlMillis());
        SessionClock clock = new SessionClock(nanoTime, granted, MARGIN, sent);
        VolumeSession session = new VolumeSession(channel, record, clock, nanoTime);
        session.renewer.start();
        return session;
      } catch (StatusRuntimeException e) {
        TrivetException error = Failures.of(e, true);
        mayBeOurs |= error.code() == ErrorCode.OUTCOME_UNKNOWN;
        boolean isWorthWaiting =
            switch (error.code()) {
              case NO_LEADER, NOT_LEADER, STOPPING, UNREACHABLE, TOO_MANY_REQUESTS -> true;
              case OUTCOME_UNKNOWN -> true;
              case VOLUME_IN_USE -> mayBeOurs;
              default -> false;
            };
        long waited = nanoTime.getAsLong() - began;
        if (!isWorthWaiting || waited > timeToLive.toNanos() + MARGIN.toNanos()) {
          throw error;
        }
        pause(error);
      }
    }
  }

  /** Calls that carry this session. */
  SessionCalls calls() {
    return new SessionCalls(channel, clock, record.getSessionId());
  }

  boolean isOver() {
    return clock.isOver();
  }

  boolean isCertain() {
    return clock.isCertain();
  }

  /** See {@link SessionClock#awaitCertain}. */
  boolean awaitCertain() {
    return clock.awaitCertain(SessionCalls.PATIENCE);
  }

  /** Whether it ended otherwise than by {@link #close}. */
  boolean isFenced() {
    return !isGivenBack && clock.isOver();
  }

  String volume() {
    return record.getVolume();
  }

  /**
   * Ends the renewals, gives the volume free if the session still lives, and is over. What is not
   * written back by then is lost.
   */
  @Override
  public void close() {
    closing.countDown();
    try {
      renewer.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (clock.isOver()) {
      return;
    }
    isGivenBack = true;
    try {
      calls()
          .call(
              VolumesGrpc.getCloseSessionMethod(),
              CloseSessionRequest.newBuilder().setSessionId(record.getSessionId()).build());
    } catch (TrivetException e) {
      LOG.warn("volume {} becomes free when its session expires", record.getVolume(), e);
    } finally {
      clock.end();
    }
  }

  private void renewUntilOver() {
    Duration third = Duration.ofMillis(record.getTtlMillis()).dividedBy(3);
    Duration pause = third;
    try {
      while (!closing.await(pause.toNanos(), TimeUnit.NANOSECONDS) && !clock.isOver()) {
        pause = renew(third.dividedBy(2)) ? third : SHORTEST_PAUSE;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (closing.getCount() > 0) {
      clock.end();
      LOG.error(
          "the session of volume {} is over: the mount answers EIO from now on",
          record.getVolume());
    }
  }

  private boolean renew(Duration limit) {
    long sent = nanoTime.getAsLong();
    try {
      var _ =
          ClientCalls.blockingUnaryCall(
              channel,
              VolumesGrpc.getRenewSessionMethod(),
              CallOptions.DEFAULT.withDeadlineAfter(limit),
              RenewSessionRequest.newBuilder().setSessionId(record.getSessionId()).build());
      clock.renewed(sent);
      return true;
    } catch (StatusRuntimeException e) {
      TrivetException error = Failures.of(e, true);
      switch (error.code()) {
        case SESSION_EXPIRED, VOLUME_NOT_FOUND -> clock.end();
        default ->
            LOG.warn("a renewal of volume {} failed: {}", record.getVolume(), error.getMessage());
      }
      return false;
    }
  }

  private static void pause(TrivetException error) {
    try {
      Thread.sleep(SHORTEST_PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw error;
    }
  }
}
