package dev.trivet.replicate;

import dev.trivet.errors.ErrorCode;
import java.time.Duration;
import java.util.function.Consumer;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.util.LifeCycle;

/**
 * Looks regularly whether this node may go on: Ratis closes itself after long pauses, failures of
 * its threads and on a node that was removed, and the process would live on as if nothing were
 * wrong.
 *
 * <p>Owns the thread {@code replica-watch}, on which the state's digests are compared as well.
 */
final class LifeWatch implements AutoCloseable {
  /** A received snapshot may keep Ratis paused for a while; longer than this is for good. */
  private static final long MAX_PAUSE_NANOS = Duration.ofMinutes(2).toNanos();

  private final RaftServer server;
  private final RaftServer.Division division;
  private final Belonging belonging;
  private final DigestComparison digests;
  private final Consumer<Throwable> onFatal;
  private final Duration every;
  private final Thread thread;

  /** When Ratis was first seen paused; 0 while it is not. */
  private long pausedSince;

  LifeWatch(
      RaftServer server,
      RaftServer.Division division,
      Belonging belonging,
      DigestComparison digests,
      Consumer<Throwable> onFatal,
      Duration every) {
    this.server = server;
    this.division = division;
    this.belonging = belonging;
    this.digests = digests;
    this.onFatal = onFatal;
    this.every = every;
    this.thread = Thread.ofPlatform().name("replica-watch").daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  @Override
  public void close() {
    thread.interrupt();
  }

  private void run() {
    try {
      while (true) {
        Thread.sleep(every);
        check();
        digests.round();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      onFatal.accept(e);
    }
  }

  private void check() {
    LifeCycle.State whole = server.getLifeCycleState();
    LifeCycle.State part = division.getInfo().getLifeCycleState();
    boolean isOver = isOver(whole) || isOver(part);
    if ((isOver || !division.getInfo().isLeader()) && belonging.isRemoved()) {
      onFatal.accept(
          ErrorCode.NOT_A_MEMBER.exception(
              division.getId() + " was removed from the cluster: it must not go on"));
    } else if (isOver) {
      onFatal.accept(
          new IllegalStateException(
              "Raft has shut itself down (%s, %s); see the lines before".formatted(whole, part)));
    } else if (isPausedForGood(part)) {
      onFatal.accept(new IllegalStateException("Raft is " + part + " for more than two minutes"));
    }
  }

  private boolean isPausedForGood(LifeCycle.State state) {
    if (state != LifeCycle.State.PAUSING && state != LifeCycle.State.PAUSED) {
      pausedSince = 0;
      return false;
    }
    long now = System.nanoTime();
    if (pausedSince == 0) {
      pausedSince = now;
    }
    return now - pausedSince > MAX_PAUSE_NANOS;
  }

  private static boolean isOver(LifeCycle.State state) {
    return switch (state) {
      case CLOSING, CLOSED, EXCEPTION -> true;
      case NEW, STARTING, RUNNING, PAUSING, PAUSED -> false;
    };
  }
}
