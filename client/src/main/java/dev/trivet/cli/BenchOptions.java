package dev.trivet.cli;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.trivet.bench.LeaderOnly;
import dev.trivet.bench.LoadReport;
import dev.trivet.bench.Timing;
import dev.trivet.bench.wire.Access;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What the bench commands have in common: where, how long, and how the result is shown. */
final class BenchOptions {
  private static final double THOUSAND = 1e3;

  @Mixin private final Output output = new Output();

  // The load generators have connections of their own; only the way in is the same.
  @Mixin private final Connection connection = new Connection();

  @Option(names = "--seconds", defaultValue = "10", description = "Counted (${DEFAULT-VALUE}).")
  private double seconds;

  @Option(names = "--warmup", defaultValue = "5", description = "Not counted (${DEFAULT-VALUE}).")
  private double warmup;

  @Option(
      names = "--connections",
      defaultValue = "1",
      description = "Connections to each endpoint (${DEFAULT-VALUE}).")
  private int connections;

  @Option(names = "--leader-only", description = "Talk to the leader among the endpoints alone.")
  private boolean isLeaderOnly;

  @Option(
      names = "--pids",
      split = ",",
      description = "Server processes here whose CPU and memory are read.")
  private List<Long> pids = List.of();

  List<String> endpoints() {
    return isLeaderOnly
        ? List.of(LeaderOnly.of(connection.endpoints(), connection::connect))
        : connection.endpoints();
  }

  /** A token that was asked for now: it ends when nobody uses it for five minutes, or its JWT. */
  Access access() {
    return connection.access();
  }

  int connections() {
    return connections;
  }

  Timing timing() {
    return new Timing(duration(warmup), duration(seconds), pids);
  }

  /** How results are shown, for a command that has others than a load report. */
  Output output() {
    return output;
  }

  static Duration duration(double seconds) {
    return Duration.ofMillis(Math.round(seconds * THOUSAND));
  }

  void show(LoadReport report) {
    output.show(() -> json(report), () -> List.of(rate(report.perSecond())), () -> print(report));
  }

  private void print(LoadReport report) {
    output.line(
        String.format(
            Locale.ROOT,
            "%-9s %7s %11s %9s %9s %9s %9s %7s %10s %10s %8s",
            "op",
            "clients",
            "ops/s",
            "p50 ms",
            "p99 ms",
            "p99.9 ms",
            "max ms",
            "errors",
            "cpu us/op",
            "client us",
            "rss MiB"));
    output.line(
        String.format(
            Locale.ROOT,
            "%-9s %7d %11.1f %9.2f %9.2f %9.2f %9.2f %7d %10.1f %10.1f %8.1f",
            report.op(),
            report.clients(),
            report.perSecond(),
            report.p50Millis(),
            report.p99Millis(),
            report.p999Millis(),
            report.maxMillis(),
            report.errors(),
            report.serverCpuMicrosPerOp(),
            report.clientCpuMicrosPerOp(),
            report.serverRssMiB()));
    if (!report.firstError().isEmpty()) {
      output.line("first error: " + report.firstError());
    }
  }

  private static Struct json(LoadReport report) {
    return Struct.newBuilder()
        .putFields("op", text(report.op()))
        .putFields("clients", number(report.clients()))
        .putFields("seconds", number(report.seconds()))
        .putFields("operations", number((double) report.operations()))
        .putFields("errors", number((double) report.errors()))
        .putFields("ops_per_second", number(report.perSecond()))
        .putFields("p50_ms", number(report.p50Millis()))
        .putFields("p99_ms", number(report.p99Millis()))
        .putFields("p999_ms", number(report.p999Millis()))
        .putFields("max_ms", number(report.maxMillis()))
        .putFields("server_cpu_us_per_op", number(report.serverCpuMicrosPerOp()))
        .putFields("client_cpu_us_per_op", number(report.clientCpuMicrosPerOp()))
        .putFields("server_rss_mib", number(report.serverRssMiB()))
        .putFields("first_error", text(report.firstError()))
        .build();
  }

  /** Of operations in a second, as value. */
  static String rate(double perSecond) {
    return String.format(Locale.ROOT, "%.1f", perSecond);
  }

  static Value number(double number) {
    return Value.newBuilder().setNumberValue(number).build();
  }

  static Value text(String text) {
    return Value.newBuilder().setStringValue(text).build();
  }
}
