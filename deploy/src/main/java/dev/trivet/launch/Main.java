package dev.trivet.launch;

import dev.trivet.cli.Cli;
import dev.trivet.demo.DemoCommand;
import dev.trivet.logs.LogProvider;
import dev.trivet.store.NativeLibrary;
import java.util.List;
import picocli.CommandLine;

/** Entry of the distribution: the client's command line, the node's, and the demo. */
public final class Main {
  private static final String SERVE = "serve";

  private Main() {}

  public static void main(String[] arguments) {
    traceNoBuffers();
    boolean isServe = arguments.length > 0 && arguments[0].equals(SERVE);
    if (isServe) {
      NativeLibrary.loadAhead();
      LogProvider.choose();
    }
    // A node does not wait for thirty other commands to be looked through.
    CommandLine commands = isServe ? serveAlone() : all();
    System.exit(Cli.execute(commands, arguments, Main::all));
  }

  static CommandLine serveAlone() {
    return Cli.commandLine(List.of(new ServeCommand()));
  }

  static CommandLine all() {
    CommandLine commands = Cli.commandLine();
    commands.addSubcommand(SERVE, new ServeCommand());
    commands.addSubcommand(new DemoCommand());
    return commands;
  }

  /**
   * Netty would follow one buffer of each hundred with stack traces, which is for its debugging.
   */
  static void traceNoBuffers() {
    for (String netty : List.of("io.netty", "org.apache.ratis.thirdparty.io.netty")) {
      String property = netty + ".leakDetection.level";
      System.setProperty(property, System.getProperty(property, "disabled"));
    }
  }
}
