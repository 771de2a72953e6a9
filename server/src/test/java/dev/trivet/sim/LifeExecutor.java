package dev.trivet.sim;

import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Delayed;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A thread of a simulated process: what it is given becomes events, and ends with the process. */
final class LifeExecutor extends AbstractExecutorService implements ScheduledExecutorService {
  private static final long HOP_NANOS = 10_000;

  private final Life life;

  /** Runs something on this thread, and tells when it is done: perhaps not at once. */
  interface Runner {
    void run(Runnable task, Runnable whenDone);
  }

  private final Runner runner;
  private boolean isShutdown;

  LifeExecutor(Life life) {
    this(
        life,
        (task, whenDone) -> {
          task.run();
          whenDone.run();
        });
  }

  LifeExecutor(Life life, Runner runner) {
    this.life = life;
    this.runner = runner;
  }

  private static final class Timer extends CompletableFuture<Object>
      implements ScheduledFuture<Object> {
    @Override
    public long getDelay(TimeUnit unit) {
      return 0;
    }

    @Override
    public int compareTo(Delayed other) {
      return 0;
    }
  }

  private Timer later(long nanos, Consumer<Timer> task) {
    Timer timer = new Timer();
    life.after(
        nanos,
        () -> {
          if (!timer.isDone() && !isShutdown) {
            task.accept(timer);
          }
        });
    return timer;
  }

  @Override
  public void execute(Runnable task) {
    life.after(HOP_NANOS, task);
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
    return later(
        unit.toNanos(delay),
        timer -> {
          timer.complete(timer);
          task.run();
        });
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable task, long initialDelay, long delay, TimeUnit unit) {
    Timer timer = new Timer();
    again(timer, task, unit.toNanos(initialDelay), unit.toNanos(delay));
    return timer;
  }

  private void again(Timer timer, Runnable task, long first, long delay) {
    life.after(
        first,
        () -> {
          if (!timer.isDone() && !isShutdown) {
            runner.run(task, () -> again(timer, task, delay, delay));
          }
        });
  }

  @Override
  public <V> ScheduledFuture<V> schedule(Callable<V> task, long delay, TimeUnit unit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(
      Runnable task, long initialDelay, long period, TimeUnit unit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void shutdown() {
    isShutdown = true;
  }

  @Override
  public List<Runnable> shutdownNow() {
    isShutdown = true;
    return List.of();
  }

  @Override
  public boolean isShutdown() {
    return isShutdown;
  }

  @Override
  public boolean isTerminated() {
    return isShutdown;
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return isShutdown;
  }
}
