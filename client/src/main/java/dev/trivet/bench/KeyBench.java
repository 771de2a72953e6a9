package dev.trivet.bench;

import dev.trivet.bench.wire.WireClient;
import dev.trivet.bench.wire.WireConnection;
import dev.trivet.errors.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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

  /** What the servers and this process have used. */
  private record Usage(ProcessUsage servers, ProcessUsage own) {
    static Usage of(List<Long> pids) {
      return new Usage(
          ProcessUsage.of(pids), ProcessUsage.of(List.of(ProcessHandle.current().pid())));
    }
  }

  /**
   * Runs the load and blocks until it is over. For {@link KeyLoad.Op#GET} all keys are written
   * first.
   *
   * @throws dev.trivet.errors.TrivetException UNREACHABLE if not one request succeeded
   */
  public static KeyReport run(KeyLoad load) throws InterruptedException {
    try (WireClient wire = new WireClient()) {
      List<WireConnection> connections = new ArrayList<>();
      for (int round = 0; round < load.connections(); round++) {
        load.endpoints().forEach(endpoint -> connections.add(wire.connect(endpoint)));
      }
      Requests requests = new Requests(load, wire, connections);
      if (load.op() == KeyLoad.Op.GET) {
        requests.writeEachKey();
      }
      var _ = wire.run(requests::begin);
      Thread.sleep(load.warmup());
      Usage before = Usage.of(load.pids());
      var _ = wire.run(requests::startCounting);
      long from = System.nanoTime();
      Thread.sleep(load.measured());
      Histogram latencies = wire.run(requests::stopCounting);
      double seconds = (System.nanoTime() - from) / 1e9;
      return report(load, requests, latencies, seconds, before, Usage.of(load.pids()));
    }
  }

  private static KeyReport report(
      KeyLoad load,
      Requests requests,
      Histogram latencies,
      double seconds,
      Usage before,
      Usage after) {
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
        (double) (after.servers().cpuMicros() - before.servers().cpuMicros()) / operations,
        (double) (after.own().cpuMicros() - before.own().cpuMicros()) / operations,
        after.servers().residentBytes() / BYTES_PER_MIB,
        requests.firstError());
  }
}
