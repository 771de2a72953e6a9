package dev.trivet.bench;

import dev.trivet.errors.ErrorCode;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Measures an etcd v3 key space under a constant number of outstanding requests: a new one is sent
 * when one is answered, without a thread per client. Latency is counted from sending to answer;
 * with a closed loop a stall shows in few operations, so read the maximum too.
 */
public final class KeyBench {
  private static final double NANOS_PER_MILLI = 1e6;
  private static final double BYTES_PER_MIB = 1 << 20;

  private KeyBench() {}

  /**
   * Runs the load and blocks until it is over. For {@link KeyLoad.Op#GET} all keys are written
   * first.
   *
   * @throws dev.trivet.errors.TrivetException UNREACHABLE if not one request succeeded
   */
  public static KeyReport run(KeyLoad load) throws InterruptedException {
    List<ManagedChannel> channels = load.endpoints().stream().map(KeyBench::channel).toList();
    try (Requests requests = new Requests(load, channels)) {
      if (load.op() == KeyLoad.Op.GET) {
        requests.writeEachKey();
      }
      requests.begin();
      pause(load.warmup());
      ProcessUsage before = ProcessUsage.of(load.pids());
      requests.startCounting();
      long from = System.nanoTime();
      pause(load.measured());
      Histogram latencies = requests.stopCounting();
      double seconds = (System.nanoTime() - from) / 1e9;
      ProcessUsage after = ProcessUsage.of(load.pids());
      return report(load, requests, latencies, seconds, before, after);
    } finally {
      channels.forEach(ManagedChannel::shutdownNow);
      for (ManagedChannel channel : channels) {
        channel.awaitTermination(2, TimeUnit.SECONDS);
      }
    }
  }

  private static void pause(Duration duration) throws InterruptedException {
    Thread.sleep(duration);
  }

  private static ManagedChannel channel(String endpoint) {
    return NettyChannelBuilder.forTarget("dns:///" + endpoint)
        .usePlaintext()
        .directExecutor()
        .build();
  }

  private static KeyReport report(
      KeyLoad load,
      Requests requests,
      Histogram latencies,
      double seconds,
      ProcessUsage before,
      ProcessUsage after) {
    long operations = latencies.getTotalCount();
    if (operations == 0) {
      throw ErrorCode.UNREACHABLE.exception(
          "no request succeeded in " + seconds + " s: " + requests.firstError());
    }
    return new KeyReport(
        load.op().name().toLowerCase(Locale.ROOT),
        load.clients(),
        seconds,
        operations,
        requests.errors(),
        operations / seconds,
        latencies.getValueAtPercentile(50) / NANOS_PER_MILLI,
        latencies.getValueAtPercentile(99) / NANOS_PER_MILLI,
        latencies.getValueAtPercentile(99.9) / NANOS_PER_MILLI,
        latencies.getMaxValue() / NANOS_PER_MILLI,
        (double) (after.cpuMicros() - before.cpuMicros()) / operations,
        after.residentBytes() / BYTES_PER_MIB,
        requests.firstError());
  }
}
