package dev.trivet.launch;

import dev.trivet.cli.Cli;
import dev.trivet.demo.DemoCommand;
import dev.trivet.errors.ErrorCode;
import java.util.Set;
import picocli.CommandLine;

/**
 * Entry of the distribution: the client's command line and the node's; what is to come is refused
 * by name, not taken for a misspelling.
 */
public final class Main {
  private static final Set<String> TO_COME = Set.of("mount", "umount");

  private Main() {}

  public static void main(String[] arguments) {
    if (arguments.length > 0 && TO_COME.contains(arguments[0])) {
      System.err.println("trivet: unimplemented: command " + arguments[0]);
      System.err.println("next: " + ErrorCode.UNIMPLEMENTED.nextStep());
      System.exit(ErrorCode.UNIMPLEMENTED.exitCode());
    }
    CommandLine commands = Cli.commandLine();
    commands.addSubcommand(new ServeCommand());
    commands.addSubcommand(new DemoCommand());
    System.exit(commands.execute(arguments));
  }
}
