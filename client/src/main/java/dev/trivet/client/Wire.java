package dev.trivet.client;

import io.grpc.Channel;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What every part of the library works with; all of it belongs to the {@link TrivetClient}.
 *
 * @param channel with {@link CallRules} and {@link TokenRules} before it
 * @param timer one thread, for what happens later
 */
record Wire(
    Channel channel,
    ScheduledExecutorService timer,
    RequestNumbers numbers,
    OncePromise promise,
    LeaderHint hint,
    Tokens tokens) {

  /** Has a short task run on the timer; null when the client is closed: it will never run. */
  @Nullable ScheduledFuture<?> later(Runnable task, long millis) {
    try {
      return timer.schedule(task, millis, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException _) {
      return null;
    }
  }
}
