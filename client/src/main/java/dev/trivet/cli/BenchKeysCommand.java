package dev.trivet.cli;

import dev.trivet.bench.KeyBench;
import dev.trivet.bench.KeyLoad;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "kv", description = "Measure puts or linearizable gets; writes keys under bench/.")
final class BenchKeysCommand implements Callable<Integer> {
  @Mixin private final BenchOptions options = new BenchOptions();

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

  @Override
  public Integer call() throws InterruptedException {
    options.show(
        KeyBench.run(
            new KeyLoad(
                options.endpoints(),
                options.connections(),
                op,
                clients,
                valueSize,
                keys,
                options.timing()),
            options.access()));
    return 0;
  }
}
