package dev.trivet.replicate;

import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * Lets followers hear of a commit at once. On an idle leader Ratis tells it with the next
 * heartbeat, half an election time-out later, and a follower's read would wait for that. A read
 * request to Ratis makes it send heartbeats now; the request's answer means nothing here.
 *
 * <p>Its thread, {@code commit-news}, calls Ratis, which may block; {@link #tell} is for any
 * thread.
 */
final class CommitNews implements AutoCloseable {
  /** Has Ratis send heartbeats. */
  interface Heartbeats {
    void send() throws IOException;
  }

  private final Heartbeats heartbeats;

  /** One place: whoever comes while it is taken is served by the same heartbeats. */
  private final BlockingQueue<Boolean> wanted = new ArrayBlockingQueue<>(1);

  private final Thread thread;

  CommitNews(Heartbeats heartbeats) {
    this.heartbeats = heartbeats;
    this.thread = Thread.ofPlatform().name("commit-news").daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  void tell() {
    boolean _ = wanted.offer(true);
  }

  @Override
  public void close() {
    thread.interrupt();
  }

  private void run() {
    try {
      while (true) {
        boolean _ = wanted.take();
        try {
          heartbeats.send();
        } catch (IOException _) {
          // Not the leader any more, or stopping: then the next heartbeat tells.
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
