package dev.trivet.cli;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.trivet.bench.KeyBench;
import dev.trivet.bench.KeyLoad;
import dev.trivet.bench.KeyReport;
import dev.trivet.bench.LeaderOnly;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "kv", description = "Measure puts or linearizable gets; writes keys under bench/.")
final class BenchKeysCommand implements Callable<Integer> {
  private static final double THOUSAND = 1e3;

  @Mixin private final Connection connection = new Connection();
  @Mixin private final Output output = new Output();

  @Option(
      names = "--op",
      defaultValue = "put",
      description = "${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}).")
  private KeyLoad.Op op = KeyLoad.Op.PUT;

  @Option(
      names = "--clients",
      defaultValue = "64",
      description = "Outstanding requests (${DEFAULT-VALUE}).")
  private int clients;

  @Option(names = "--seconds", defaultValue = "10", description = "Counted (${DEFAULT-VALUE}).")
  private double seconds;

  @Option(names = "--warmup", defaultValue = "5", description = "Not counted (${DEFAULT-VALUE}).")
  private double warmup;

  @Option(
      names = "--value-size",
      defaultValue = "256",
      description = "Bytes per value (${DEFAULT-VALUE}).")
  private int valueSize;

  @Option(
      names = "--keys",
      defaultValue = "10000",
      description = "Different keys (${DEFAULT-VALUE}).")
  private int keys;

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

  @Override
  public Integer call() throws InterruptedException {
    KeyReport report =
        KeyBench.run(
            new KeyLoad(
                isLeaderOnly
                    ? List.of(LeaderOnly.of(connection.endpoints()))
                    : connection.endpoints(),
                connections,
                op,
                clients,
                seconds(warmup),
                seconds(seconds),
                valueSize,
                keys,
                pids));
    if (output.isJson()) {
      output.message(json(report));
    } else {
      print(report);
    }
    return 0;
  }

  private static Duration seconds(double seconds) {
    return Duration.ofMillis(Math.round(seconds * THOUSAND));
  }

  private void print(KeyReport report) {
    output.line(
        String.format(
            Locale.ROOT,
            "%-4s %7s %11s %9s %9s %9s %9s %7s %10s %10s %8s",
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
            "%-4s %7d %11.1f %9.2f %9.2f %9.2f %9.2f %7d %10.1f %10.1f %8.1f",
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

  private static Struct json(KeyReport report) {
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

  private static Value number(double number) {
    return Value.newBuilder().setNumberValue(number).build();
  }

  private static Value text(String text) {
    return Value.newBuilder().setStringValue(text).build();
  }
}
