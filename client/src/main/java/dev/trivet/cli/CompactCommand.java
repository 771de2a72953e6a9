package dev.trivet.cli;

import dev.trivet.client.TrivetClient;
import dev.trivet.proto.etcd.CompactionResponse;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "compact",
    description = "Give up the history below a revision.",
    footer = "Exit code 3 if it is given up already, or is no revision yet.")
final class CompactCommand implements Callable<Integer> {
  @Mixin private final Connection connection = new Connection();
  @Mixin private final Output output = new Output();

  @Parameters(paramLabel = "REVISION", description = "The oldest that can still be read.")
  private long revision;

  @Option(names = "--physical", description = "Wait until the space is free.")
  private boolean isPhysical;

  @Override
  public Integer call() {
    try (TrivetClient client = connection.connect()) {
      CompactionResponse done = client.keys().compact(revision, isPhysical);
      output.show(
          () -> done,
          () -> List.of(Long.toString(revision)),
          () -> output.line("compacted up to revision " + revision));
      return 0;
    }
  }
}
