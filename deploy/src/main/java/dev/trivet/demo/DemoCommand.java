package dev.trivet.demo;

import dev.trivet.errors.ErrorCode;
import dev.trivet.local.LocalCluster;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The demo's place on the command line: what is left from one run to the next. */
@Command(
    name = "demo",
    description = "Run three nodes on this machine, kill the leader, prove that nothing was lost.",
    footer = {
      "",
      "Takes less than a minute and ends with exit code 0 if every promise was kept, 7 if not.",
      "The ports are free ones of the loopback address."
    })
public final class DemoCommand implements Callable<Integer> {
  @Spec private CommandSpec command = CommandSpec.create();

  @Option(names = "--keep", description = "Leave the nodes running, and print what to try.")
  private boolean keeps;

  @Option(names = "--clean", description = "End what --keep left running, and delete its data.")
  private boolean cleans;

  @Option(
      names = "--folder",
      defaultValue = ".trivet/demo",
      description = "Where the nodes keep their data (${DEFAULT-VALUE}).")
  private Path folder = Path.of("");

  @Override
  public Integer call() throws IOException, InterruptedException {
    Narrator narrator = new Narrator(command.commandLine().getOut());
    KeptCluster kept = new KeptCluster(folder.toAbsolutePath().normalize());
    if (cleans) {
      int ended = kept.end();
      kept.delete();
      narrator.line("ended " + ended + " processes, deleted " + kept.folder());
      return 0;
    }
    kept.begin();
    Thread atEnd = new Thread(() -> endQuietly(kept), "demo-end");
    Runtime.getRuntime().addShutdownHook(atEnd);
    boolean staysRunning = false;
    try (Demo demo =
        new Demo(LocalCluster.at(kept.folder(), Demo.SIZE, List.of()), kept, narrator)) {
      demo.run();
      staysRunning = keeps;
      if (keeps) {
        demo.printWhatToTry();
      }
    } finally {
      if (!staysRunning) {
        kept.end();
      }
      Runtime.getRuntime().removeShutdownHook(atEnd);
    }
    if (!narrator.broken().isEmpty()) {
      throw ErrorCode.CHECK_FAILED.exception(
          "broken: %s; the nodes' logs are in %s"
              .formatted(String.join("; ", narrator.broken()), kept.folder()));
    }
    if (!keeps) {
      kept.delete();
    }
    return 0;
  }

  /** When the demo is interrupted from the keyboard. */
  private static void endQuietly(KeptCluster kept) {
    try {
      kept.end();
    } catch (IOException e) {
      System.err.println("cannot end the nodes: " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
