package dev.trivet.cli;

import static dev.trivet.cli.BenchOptions.number;
import static dev.trivet.cli.BenchOptions.text;

import com.google.protobuf.Struct;
import dev.trivet.bench.churn.ChurnSample;
import dev.trivet.bench.churn.ChurnVerdict;
import java.util.Locale;

/** Shows each sample of a run of churn as it comes, and what the whole run says. */
final class ChurnRows {
  private static final String TITLES =
      "%7s %9s %8s %8s %6s %7s %9s %8s %9s %9s %9s %7s %10s"
          .formatted(
              "seconds",
              "writes/s",
              "p50 ms",
              "p99 ms",
              "lists",
              "again",
              "events",
              "compacts",
              "disk MiB",
              "max MiB",
              "rss MiB",
              "errors",
              "violations");

  private final Output output;
  private boolean hasTitles;

  ChurnRows(Output output) {
    this.output = output;
  }

  void show(ChurnSample sample) {
    if (output.isJson()) {
      output.message(json(sample));
      return;
    }
    if (output.isValue()) {
      output.line(BenchOptions.rate(sample.writesPerSecond()));
      return;
    }
    if (!hasTitles) {
      hasTitles = true;
      output.line(TITLES);
    }
    output.line(
        String.format(
            Locale.ROOT,
            "%7.0f %9.1f %8.2f %8.2f %6d %7d %9d %8d %9.1f %9.1f %9.1f %7d %10d",
            sample.seconds(),
            sample.writesPerSecond(),
            sample.p50Millis(),
            sample.p99Millis(),
            sample.lists(),
            sample.listsBegunAgain(),
            sample.events(),
            sample.compactions(),
            sample.diskMiB(),
            sample.largestDiskMiB(),
            sample.serverRssMiB(),
            sample.failures(),
            sample.violations()));
  }

  void show(ChurnVerdict verdict) {
    if (output.isJson()) {
      output.message(json(verdict));
      return;
    }
    if (output.isValue()) {
      return;
    }
    output.line(
        String.format(
            Locale.ROOT,
            "last quarter / second quarter: disk %.3f, memory %.3f; errors %d, violations %d",
            verdict.diskGrowth(),
            verdict.rssGrowth(),
            verdict.failures(),
            verdict.violations()));
    if (!verdict.firstFailure().isEmpty()) {
      output.line("first error: " + verdict.firstFailure());
    }
    if (!verdict.firstViolation().isEmpty()) {
      output.line("first violation: " + verdict.firstViolation());
    }
  }

  private static Struct json(ChurnSample sample) {
    return Struct.newBuilder()
        .putFields("seconds", number(sample.seconds()))
        .putFields("writes_per_second", number(sample.writesPerSecond()))
        .putFields("p50_ms", number(sample.p50Millis()))
        .putFields("p99_ms", number(sample.p99Millis()))
        .putFields("lists", number((double) sample.lists()))
        .putFields("lists_begun_again", number((double) sample.listsBegunAgain()))
        .putFields("events", number((double) sample.events()))
        .putFields("compactions", number((double) sample.compactions()))
        .putFields("disk_mib", number(sample.diskMiB()))
        .putFields("largest_disk_mib", number(sample.largestDiskMiB()))
        .putFields("server_rss_mib", number(sample.serverRssMiB()))
        .putFields("errors", number((double) sample.failures()))
        .putFields("violations", number((double) sample.violations()))
        .build();
  }

  private static Struct json(ChurnVerdict verdict) {
    return Struct.newBuilder()
        .putFields("disk_growth", number(verdict.diskGrowth()))
        .putFields("rss_growth", number(verdict.rssGrowth()))
        .putFields("errors", number((double) verdict.failures()))
        .putFields("violations", number((double) verdict.violations()))
        .putFields("first_error", text(verdict.firstFailure()))
        .putFields("first_violation", text(verdict.firstViolation()))
        .build();
  }
}
