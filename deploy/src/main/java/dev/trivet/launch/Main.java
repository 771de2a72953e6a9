package dev.trivet.launch;

import dev.trivet.cli.Cli;
import dev.trivet.demo.DemoCommand;
import picocli.CommandLine;

/** Entry of the distribution: the client's command line, the node's, and the demo. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    CommandLine commands = Cli.commandLine();
    commands.addSubcommand(new ServeCommand());
    commands.addSubcommand(new DemoCommand());
    System.exit(commands.execute(arguments));
  }
}
