package dev.trivet.cli;

import dev.trivet.bench.churn.ChurnBench;
import dev.trivet.bench.churn.ChurnLoad;
import dev.trivet.bench.churn.ChurnVerdict;
import dev.trivet.errors.ErrorCode;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "churn",
    description =
        "Use the servers as Kubernetes does; check what watches and lists say, and whether disk and"
            + " memory grow. Deletes and writes keys under /registry/trivetbenchpods/, and compacts.",
    footer = "Exit code 7 if an answer was wrong, or something grew beyond --max-growth.")
final class BenchChurnCommand implements Callable<Integer> {
  @Mixin private final BenchOptions options = new BenchOptions();

  @Option(
      names = "--objects",
      defaultValue = "5000",
      description = "That are there at a time (${DEFAULT-VALUE}).")
  private int objects;

  @Option(
      names = "--value-size",
      defaultValue = "1024",
      description = "Bytes per value (${DEFAULT-VALUE}).")
  private int valueSize;

  @Option(
      names = "--writers",
      defaultValue = "32",
      description = "Transactions under way at most (${DEFAULT-VALUE}).")
  private int writers;

  @Option(
      names = "--rate",
      defaultValue = "0",
      description = "Writes per second; 0: as many as are answered (${DEFAULT-VALUE}).")
  private int writesPerSecond;

  @Option(
      names = "--watchers",
      defaultValue = "3",
      description = "Of all objects (${DEFAULT-VALUE}).")
  private int watchers;

  @Option(
      names = "--lists-per-minute",
      defaultValue = "12",
      description = "Of all objects, in pages (${DEFAULT-VALUE}).")
  private int listsPerMinute;

  @Option(
      names = "--compact-every",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = "To where the store was as long before (${DEFAULT-VALUE}).")
  private double compactEvery;

  @Option(
      names = "--progress-every",
      paramLabel = "SECONDS",
      defaultValue = "5",
      description = "Watchers ask for progress; 0: they wait to be told (${DEFAULT-VALUE}).")
  private double progressEvery;

  @Option(
      names = "--sample-every",
      paramLabel = "SECONDS",
      defaultValue = "10",
      description = "A row of results (${DEFAULT-VALUE}).")
  private double sampleEvery;

  @Option(
      names = "--data",
      split = ",",
      paramLabel = "FOLDER",
      description = "Servers' folders here whose size is read.")
  private List<Path> folders = List.of();

  @Option(
      names = "--max-growth",
      paramLabel = "FACTOR",
      defaultValue = "0",
      description =
          "Fail when disk or memory of the last quarter is more than so many times that of the"
              + " second; 0: only tell (${DEFAULT-VALUE}).")
  private double maxGrowth;

  @Override
  public Integer call() throws InterruptedException {
    ChurnLoad load =
        new ChurnLoad(
            options.endpoints(),
            options.connections(),
            objects,
            valueSize,
            writers,
            writesPerSecond,
            watchers,
            listsPerMinute,
            BenchOptions.duration(compactEvery),
            BenchOptions.duration(progressEvery),
            BenchOptions.duration(sampleEvery),
            folders,
            options.timing());
    ChurnRows rows = new ChurnRows(options.output());
    ChurnVerdict verdict = ChurnBench.run(load, options.access(), rows::show);
    rows.show(verdict);
    if (verdict.violations() > 0) {
      throw ErrorCode.CHECK_FAILED.exception(
          verdict.violations() + " violations, the first: " + verdict.firstViolation());
    }
    String growth = verdict.growthAbove(maxGrowth);
    if (!growth.isEmpty()) {
      throw ErrorCode.CHECK_FAILED.exception(growth);
    }
    return 0;
  }
}
