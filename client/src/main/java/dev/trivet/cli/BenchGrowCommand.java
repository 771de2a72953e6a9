package dev.trivet.cli;

import dev.trivet.bench.GrowBench;
import dev.trivet.bench.GrowLoad;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "grow",
    description =
        "Write many keys in random order; measure gets and puts of one client at each power of ten.")
final class BenchGrowCommand implements Callable<Integer> {
  @Mixin private final BenchOptions options = new BenchOptions();

  @Option(
      names = "--keys",
      defaultValue = "1000000",
      description = "At the end (${DEFAULT-VALUE}).")
  private int keys;

  @Option(
      names = "--writers",
      defaultValue = "256",
      description = "Requests under way while it grows (${DEFAULT-VALUE}).")
  private int writers;

  @Option(
      names = "--puts-per-request",
      defaultValue = "1",
      description = "While it grows; more are a transaction (${DEFAULT-VALUE}).")
  private int putsPerRequest;

  @Option(
      names = "--value-size",
      defaultValue = "256",
      description = "Bytes per value (${DEFAULT-VALUE}).")
  private int valueSize;

  @Override
  public Integer call() throws InterruptedException {
    GrowBench.run(
        new GrowLoad(
            options.endpoints(),
            options.connections(),
            keys,
            writers,
            putsPerRequest,
            valueSize,
            options.timing()),
        options.access(),
        options::show);
    return 0;
  }
}
