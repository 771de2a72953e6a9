package dev.trivet.cli;

import dev.trivet.bench.LeaseBench;
import dev.trivet.bench.LeaseLoad;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "lease", description = "Measure how leases are kept alive.")
final class BenchLeasesCommand implements Callable<Integer> {
  @Mixin private final BenchOptions options = new BenchOptions();

  @Option(names = "--leases", defaultValue = "1000", description = "How many (${DEFAULT-VALUE}).")
  private int leases;

  @Option(
      names = "--rate",
      defaultValue = "0",
      description =
          "Renewals per second; 0: each lease again as soon as it is answered (${DEFAULT-VALUE}).")
  private int perSecond;

  @Override
  public Integer call() throws InterruptedException {
    options.show(
        LeaseBench.run(
            new LeaseLoad(
                options.endpoints(), options.connections(), leases, perSecond, options.timing()),
            options.access()));
    return 0;
  }
}
