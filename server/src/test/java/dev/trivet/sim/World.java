package dev.trivet.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Time, chance and what was seen. One thread runs one event after another, in the order of their
 * times; two at one time in the order in which they were asked for.
 */
final class World {
  static final int NODES = 3;
  static final long NANOS_PER_MILLI = 1_000_000;

  /** A transcript longer than this keeps its end. */
  private static final int MAX_LINES = 2_000;

  private record Event(long atNanos, long order, Runnable what) {}

  /** The first promise that was broken. */
  record Broken(Promise promise, String what, long atNanos) {}

  private final PriorityQueue<Event> events =
      new PriorityQueue<>(
          (a, b) ->
              a.atNanos() == b.atNanos()
                  ? Long.compare(a.order(), b.order())
                  : Long.compare(a.atNanos(), b.atNanos()));
  private final long seed;
  private final Bug bug;
  private final boolean isTold;
  private final List<String> lines = new ArrayList<>();
  private long nowNanos;
  private long order;
  private long ran;
  private @Nullable Broken broken;

  /**
   * @param isTold whether a transcript is kept, which costs
   */
  World(long seed, Bug bug, boolean isTold) {
    this.seed = seed;
    this.bug = bug;
    this.isTold = isTold;
  }

  long nowNanos() {
    return nowNanos;
  }

  boolean has(Bug one) {
    return bug == one;
  }

  /** Chance for one purpose, which does not depend on what else is drawn. */
  SplittableRandom chance(String purpose) {
    return new SplittableRandom(seed * 0x9E3779B97F4A7C15L ^ purpose.hashCode());
  }

  void after(long delayNanos, Runnable what) {
    events.add(new Event(nowNanos + Math.max(0, delayNanos), order++, what));
  }

  void run(long untilNanos) {
    while (broken == null) {
      Event next = events.peek();
      if (next == null || next.atNanos() > untilNanos) {
        nowNanos = untilNanos;
        return;
      }
      events.remove();
      nowNanos = next.atNanos();
      ran++;
      next.what().run();
    }
  }

  /** Events so far. */
  long ran() {
    return ran;
  }

  void note(String who, Supplier<String> what) {
    if (isTold) {
      lines.add("%9.3f ms  %-8s %s".formatted(nowNanos / 1e6, who, what.get()));
      if (lines.size() > MAX_LINES) {
        lines.removeFirst();
      }
    }
  }

  void broken(Promise promise, String what) {
    if (broken == null) {
      broken = new Broken(promise, what, nowNanos);
      note("BROKEN", () -> promise.text() + ": " + what);
    }
  }

  void require(boolean holds, Promise promise, Supplier<String> what) {
    if (!holds) {
      broken(promise, what.get());
    }
  }

  @Nullable Broken broken() {
    return broken;
  }

  List<String> lines() {
    return lines;
  }
}
