package dev.trivet.client;

import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Tries lost connections again soon after a call found nobody. The channel by itself waits longer
 * from time to time, up to two minutes: a cluster that was down for a while would stay unreachable
 * long after it is back. Any thread.
 */
final class Reconnect {
  private static final long PAUSE_NANOS = Duration.ofMillis(500).toNanos();

  private final ManagedChannel connection;
  private final AtomicLong lastNanos = new AtomicLong(System.nanoTime() - PAUSE_NANOS);

  Reconnect(ManagedChannel connection) {
    this.connection = connection;
  }

  /** At most twice a second, however many calls fail. */
  void soon() {
    long now = System.nanoTime();
    long last = lastNanos.get();
    if (now - last >= PAUSE_NANOS && lastNanos.compareAndSet(last, now)) {
      connection.resetConnectBackoff();
    }
  }
}
