package dev.trivet.cli;

import dev.trivet.bench.WatchBench;
import dev.trivet.bench.WatchLoad;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "watch",
    description = "Measure how events reach many watchers; writes the key bench/watched.")
final class BenchWatchCommand implements Callable<Integer> {
  @Mixin private final BenchOptions options = new BenchOptions();

  @Option(names = "--watchers", defaultValue = "1000", description = "How many (${DEFAULT-VALUE}).")
  private int watchers;

  @Option(
      names = "--streams",
      defaultValue = "1",
      description = "On each connection; watchers of a client share one (${DEFAULT-VALUE}).")
  private int streams;

  @Option(
      names = "--rate",
      defaultValue = "0",
      description = "Puts per second; 0: the next as soon as one is answered (${DEFAULT-VALUE}).")
  private int putsPerSecond;

  @Option(
      names = "--value-size",
      defaultValue = "256",
      description = "Bytes per value (${DEFAULT-VALUE}).")
  private int valueSize;

  @Override
  public Integer call() throws InterruptedException {
    options.show(
        WatchBench.run(
            new WatchLoad(
                options.endpoints(),
                options.connections(),
                streams,
                watchers,
                putsPerSecond,
                valueSize,
                options.timing()),
            options.access()));
    return 0;
  }
}
