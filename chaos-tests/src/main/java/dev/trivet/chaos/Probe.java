package dev.trivet.chaos;

import com.google.protobuf.ByteString;
import dev.trivet.client.TrivetClient;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A write every few milliseconds, whether or not those before have been answered: what a user
 * notices of a change of the leader. Safe for any thread.
 */
final class Probe implements AutoCloseable {
  private static final long PAUSE_MILLIS = 10;

  /** Writes under way; while nobody leads they pile up. */
  private static final int MOST = 500;

  private static final ByteString KEY = ByteString.copyFromUtf8("probe");

  private final TrivetClient client;
  private final AtomicInteger underWay = new AtomicInteger();
  private final List<Long> answeredNanos = new ArrayList<>();
  private final Thread pacer;
  private volatile boolean isEnough;
  private long originNanos;
  private long sinceNanos;
  private long firstNanos;

  Probe(List<String> endpoints) {
    client = TrivetClient.connect(endpoints);
    pacer = Thread.ofPlatform().name("probe").start(this::write);
  }

  private void write() {
    while (!isEnough) {
      if (underWay.get() < MOST) {
        underWay.incrementAndGet();
        long begun = System.nanoTime();
        var _ =
            client
                .keys()
                .async()
                .put(KEY, KEY)
                .whenComplete(
                    (_, failure) -> {
                      underWay.decrementAndGet();
                      if (failure == null) {
                        answered(begun);
                      }
                    });
      }
      try {
        Thread.sleep(PAUSE_MILLIS);
      } catch (InterruptedException _) {
        return;
      }
    }
  }

  private synchronized void answered(long begun) {
    long now = System.nanoTime();
    answeredNanos.add(now);
    if (firstNanos == 0 && begun - sinceNanos >= 0) {
      firstNanos = now;
      notifyAll();
    }
  }

  /**
   * Only writes that begin from here on can be the first success: one before may have been answered
   * by who is gone since.
   *
   * @param origin from when times and gaps are counted, as {@link System#nanoTime} has it
   */
  synchronized void mark(long origin) {
    originNanos = origin;
    sinceNanos = System.nanoTime();
    firstNanos = 0;
    answeredNanos.clear();
    answeredNanos.add(origin);
  }

  /**
   * Waits for the first success of a write that began after the mark.
   *
   * @return milliseconds from the origin to its answer
   * @throws IllegalStateException when there was none within the limit
   */
  synchronized long firstSuccessMillis(long limitMillis) throws InterruptedException {
    long end = sinceNanos + limitMillis * 1_000_000;
    while (firstNanos == 0) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new IllegalStateException("no write was answered in " + limitMillis + " ms");
      }
      wait(left);
    }
    return (firstNanos - originNanos) / 1_000_000;
  }

  /** The longest time without an answer since the origin, in milliseconds. */
  synchronized long longestGapMillis() {
    long longest = 0;
    for (int i = 1; i < answeredNanos.size(); i++) {
      longest = Math.max(longest, answeredNanos.get(i) - answeredNanos.get(i - 1));
    }
    return longest / 1_000_000;
  }

  @Override
  public void close() {
    isEnough = true;
    pacer.interrupt();
    client.close();
  }
}
