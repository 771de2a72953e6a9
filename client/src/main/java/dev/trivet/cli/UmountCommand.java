package dev.trivet.cli;

import dev.trivet.mount.Unmount;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "umount",
    description = "Unmount a volume and wait until it is free for others (root).")
final class UmountCommand implements Callable<Integer> {
  @Mixin private final Output output = new Output();

  @Parameters(paramLabel = "DIRECTORY")
  private Path directory = Path.of("");

  @Override
  public Integer call() throws IOException, InterruptedException {
    Unmount.run(directory);
    output.done("unmounted " + directory);
    return 0;
  }
}
