package dev.trivet.launch;

import dev.trivet.errors.ErrorCode;

/**
 * Entry of the distribution. No command is there yet: each is refused, with the exit code of its
 * row in the error table.
 */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    String command = arguments.length == 0 ? "(none)" : arguments[0];
    System.err.println("trivet: unimplemented: command " + command);
    System.err.println("next: " + ErrorCode.UNIMPLEMENTED.nextStep());
    System.exit(ErrorCode.UNIMPLEMENTED.exitCode());
  }
}
