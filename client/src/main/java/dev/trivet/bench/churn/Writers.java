package dev.trivet.bench.churn;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.LongConsumer;

/**
 * All writers and their pace. First each creates its share, as fast as it can; then they write at
 * the rate that was asked for, whoever is free. Time that was lost in a stall is made up for by a
 * second's writes at most.
 *
 * <p>Owned by the wire's thread, but {@link #filled}.
 */
final class Writers {
  private static final Duration TICK = Duration.ofMillis(2);
  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(100);

  private final Connections connections;
  private final int perSecond;
  private final List<Writer> all = new ArrayList<>();
  private final ArrayDeque<Writer> idle = new ArrayDeque<>();
  private final CountDownLatch filled;
  private State state = State.FILLING;
  private long beganNanos;
  private double sent;

  private enum State {
    FILLING,
    WRITING,
    STOPPED
  }

  Writers(ChurnLoad load, Connections connections, Tally tally, LongConsumer acknowledged) {
    this.connections = connections;
    this.perSecond = load.writesPerSecond();
    this.filled = new CountDownLatch(load.writers());
    Writer.Work work =
        new Writer.Work(
            connections,
            tally,
            acknowledged,
            this::free,
            writer -> connections.later(PAUSE_AFTER_FAILURE, () -> free(writer)));
    for (int number = 0; number < load.writers(); number++) {
      int share =
          load.objects() / load.writers() + (number < load.objects() % load.writers() ? 1 : 0);
      all.add(new Writer(number, share, load.valueSizeBytes(), work));
    }
  }

  /** Open until every object was created once. */
  CountDownLatch filled() {
    return filled;
  }

  void fill() {
    all.forEach(this::free);
  }

  void begin() {
    state = State.WRITING;
    beganNanos = System.nanoTime();
    if (perSecond > 0) {
      connections.every(TICK, this::tick);
    } else {
      tick();
    }
  }

  void stop() {
    state = State.STOPPED;
  }

  /** Whether no write is under way. */
  boolean isQuiet() {
    return idle.size() == all.size();
  }

  private void tick() {
    double due = (System.nanoTime() - beganNanos) / 1e9 * perSecond;
    sent = Math.max(sent, due - perSecond);
    while (state == State.WRITING && !idle.isEmpty() && (perSecond == 0 || sent < due)) {
      sent++;
      idle.remove().write();
    }
  }

  private void free(Writer writer) {
    switch (state) {
      case FILLING -> {
        if (!writer.isFull()) {
          writer.create();
          return;
        }
        idle.add(writer);
        filled.countDown();
      }
      case WRITING -> {
        if (perSecond == 0) {
          writer.write();
        } else {
          idle.add(writer);
        }
      }
      case STOPPED -> idle.add(writer);
    }
  }
}
