package dev.trivet.demo;

import com.google.protobuf.ByteString;
import dev.trivet.client.Keys;
import dev.trivet.errors.TrivetException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Threads that write numbers, each under a key of its own and once: a number whose write failed is
 * not written again. What became of each is kept.
 *
 * <p>Invariant: a number that was begun is in exactly one of acknowledged, unknown and refused when
 * all threads have ended.
 */
final class Writers {
  static final String PREFIX = "demo/";

  /** Far more than a demo writes; it bounds what is kept and compared. */
  private static final int MOST_NUMBERS = 200_000;

  private final Keys keys;
  private final AtomicInteger nextNumber = new AtomicInteger(1);
  private final Map<Integer, Long> acknowledged = new ConcurrentHashMap<>();
  private final Set<Integer> unknown = ConcurrentHashMap.newKeySet();
  private final Set<Integer> refused = ConcurrentHashMap.newKeySet();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean isStopping;

  /** Guarded by this object's lock, like the longest pause. */
  private long lastAnswerNanos = System.nanoTime();

  private long longestPauseNanos;

  Writers(Keys keys) {
    this.keys = keys;
  }

  void start(int count) {
    restartPause();
    for (int i = 0; i < count; i++) {
      threads.add(Thread.ofVirtual().name("demo-writer-" + i).start(this::write));
    }
  }

  /** Returns when every write that was begun has its answer. */
  void stop() throws InterruptedException {
    isStopping = true;
    for (Thread thread : threads) {
      thread.join();
    }
  }

  /** Revision by number. */
  Map<Integer, Long> acknowledged() {
    return acknowledged;
  }

  /** Numbers that may be there or not. */
  Set<Integer> unknown() {
    return unknown;
  }

  /** Numbers that nobody may ever see. */
  Set<Integer> refused() {
    return refused;
  }

  /** Forgets the longest pause so far. */
  synchronized void restartPause() {
    longestPauseNanos = 0;
    lastAnswerNanos = System.nanoTime();
  }

  /** The longest time in which no write at all was acknowledged. */
  synchronized long longestPauseNanos() {
    return longestPauseNanos;
  }

  static ByteString key(int number) {
    return ByteString.copyFromUtf8(PREFIX + "%07d".formatted(number));
  }

  static ByteString value(int number) {
    return ByteString.copyFromUtf8("number " + number);
  }

  private void write() {
    while (!isStopping) {
      int number = nextNumber.getAndIncrement();
      if (number > MOST_NUMBERS) {
        return;
      }
      try {
        acknowledged.put(number, keys.put(key(number), value(number)).getHeader().getRevision());
        answered();
      } catch (TrivetException e) {
        switch (e.code()) {
          case OUTCOME_UNKNOWN, DEADLINE_EXCEEDED -> unknown.add(number);
          default -> refused.add(number);
        }
      }
    }
  }

  private synchronized void answered() {
    long now = System.nanoTime();
    longestPauseNanos = Math.max(longestPauseNanos, now - lastAnswerNanos);
    lastAnswerNanos = now;
  }
}
