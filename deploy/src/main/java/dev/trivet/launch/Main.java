package dev.trivet.launch;

import dev.trivet.cli.Cli;
import dev.trivet.errors.ErrorCode;
import java.util.Set;

/**
 * Entry of the distribution: the client's command line; what is to come is refused by name, not
 * taken for a misspelling.
 */
public final class Main {
  private static final Set<String> TO_COME =
      Set.of(
          "serve",
          "demo",
          "watch",
          "blob",
          "volume",
          "mount",
          "umount",
          "volume-plugin",
          "cluster",
          "doctor");

  private Main() {}

  public static void main(String[] arguments) {
    if (arguments.length > 0 && TO_COME.contains(arguments[0])) {
      System.err.println("trivet: unimplemented: command " + arguments[0]);
      System.err.println("next: " + ErrorCode.UNIMPLEMENTED.nextStep());
      System.exit(ErrorCode.UNIMPLEMENTED.exitCode());
    }
    Cli.main(arguments);
  }
}
