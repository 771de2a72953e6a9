package dev.trivet.bench;

import dev.trivet.bench.wire.WireClient;
import dev.trivet.bench.wire.WireConnection;
import dev.trivet.errors.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/** Counts for a while what a load that runs does. */
final class Measurement {
  private static final double NANOS_PER_MILLI = 1e6;
  private static final double BYTES_PER_MIB = 1 << 20;

  private final Timing timing;
  private final WireClient wire;
  private final Meter meter;
  private final Usage before;
  private final long fromNanos;

  private Measurement(Timing timing, WireClient wire, Meter meter) throws InterruptedException {
    this.timing = timing;
    this.wire = wire;
    this.meter = meter;
    this.before = Usage.of(timing.pids());
    var _ = wire.run(meter::start);
    this.fromNanos = System.nanoTime();
  }

  /** What the servers and this process have used. */
  private record Usage(ProcessUsage servers, ProcessUsage own) {
    static Usage of(List<Long> pids) {
      return new Usage(
          ProcessUsage.of(pids), ProcessUsage.of(List.of(ProcessHandle.current().pid())));
    }
  }

  /** So many connections to each endpoint, in turns. */
  static List<WireConnection> connect(WireClient wire, List<String> endpoints, int each) {
    List<WireConnection> connections = new ArrayList<>();
    for (int round = 0; round < each; round++) {
      endpoints.forEach(endpoint -> connections.add(wire.connect(endpoint)));
    }
    return connections;
  }

  /**
   * Blocks until it is over.
   *
   * @throws dev.trivet.errors.TrivetException UNREACHABLE if nothing succeeded
   */
  static LoadReport take(String op, int clients, Timing timing, WireClient wire, Meter meter)
      throws InterruptedException {
    Thread.sleep(timing.warmup());
    Measurement measurement = begin(timing, wire, meter);
    Thread.sleep(timing.measured());
    return measurement.end(op, clients);
  }

  /** Begins to count now, until {@link #end}. */
  static Measurement begin(Timing timing, WireClient wire, Meter meter)
      throws InterruptedException {
    return new Measurement(timing, wire, meter);
  }

  /**
   * What was counted.
   *
   * @throws dev.trivet.errors.TrivetException UNREACHABLE if nothing succeeded
   */
  LoadReport end(String op, int clients) throws InterruptedException {
    Histogram latencies = wire.run(meter::stop);
    double seconds = (System.nanoTime() - fromNanos) / 1e9;
    Usage after = Usage.of(timing.pids());
    long operations = latencies.getTotalCount();
    if (operations == 0) {
      throw ErrorCode.UNREACHABLE.exception(
          "nothing succeeded in " + seconds + " s: " + meter.firstError());
    }
    return new LoadReport(
        op,
        clients,
        seconds,
        operations,
        meter.errors(),
        operations / seconds,
        latencies.getValueAtPercentile(50) / NANOS_PER_MILLI,
        latencies.getValueAtPercentile(99) / NANOS_PER_MILLI,
        latencies.getValueAtPercentile(99.9) / NANOS_PER_MILLI,
        latencies.getMaxValue() / NANOS_PER_MILLI,
        (double) (after.servers.cpuMicros() - before.servers.cpuMicros()) / operations,
        (double) (after.own.cpuMicros() - before.own.cpuMicros()) / operations,
        after.servers.residentBytes() / BYTES_PER_MIB,
        meter.firstError());
  }
}
