package dev.trivet.cli;

import dev.trivet.mount.Unmount;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "umount",
    description = "Unmount a volume and wait until it is free for others (root).")
final class UmountCommand implements Callable<Integer> {
  @Parameters(paramLabel = "DIRECTORY")
  private Path directory = Path.of("");

  @Override
  public Integer call() throws IOException, InterruptedException {
    Unmount.run(directory);
    return 0;
  }
}
