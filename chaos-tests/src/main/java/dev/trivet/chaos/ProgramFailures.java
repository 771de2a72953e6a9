package dev.trivet.chaos;

import picocli.CommandLine;

/** A name that is not known is wrong use; anything else is a failure, and says where. */
public final class ProgramFailures implements CommandLine.IExecutionExceptionHandler {
  private static final int FAILED = 1;
  private static final int WRONG_USE = 2;

  @Override
  public int handleExecutionException(
      Exception failure, CommandLine line, CommandLine.ParseResult parsed) {
    if (failure instanceof IllegalArgumentException) {
      line.getErr().println(line.getCommandName() + ": " + failure.getMessage());
      return WRONG_USE;
    }
    failure.printStackTrace(line.getErr());
    return FAILED;
  }
}
