package dev.trivet.cli;

import dev.trivet.client.Failures;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Two lines on standard error, what happened and what to do next; the table's exit code. */
final class Errors implements IExecutionExceptionHandler, IParameterExceptionHandler {
  @Override
  public int handleExecutionException(
      Exception exception, CommandLine commandLine, ParseResult parsed) {
    TrivetException error =
        switch (exception) {
          case TrivetException known -> known;
          case StatusRuntimeException call -> Failures.of(call, true);
          case InterruptedException _ -> ErrorCode.OUTCOME_UNKNOWN.exception("interrupted");
          case NoSuchFileException file ->
              ErrorCode.NO_ENTRY.exception("no such file: " + file.getFile(), file);
          case IOException file -> ErrorCode.LOCAL_IO.exception(file.toString(), file);
          default -> ErrorCode.INTERNAL.exception(exception.toString(), exception);
        };
    print(commandLine.getErr(), String.valueOf(error.getMessage()), error.code().nextStep());
    if (error.code() == ErrorCode.INTERNAL) {
      exception.printStackTrace(commandLine.getErr());
    }
    return error.code().exitCode();
  }

  @Override
  public int handleParseException(ParameterException exception, String[] arguments) {
    CommandLine commandLine = exception.getCommandLine();
    print(
        commandLine.getErr(),
        String.valueOf(exception.getMessage()),
        "see '" + commandLine.getCommandSpec().qualifiedName() + " --help'");
    return ErrorCode.INVALID_ARGUMENT.exitCode();
  }

  private static void print(PrintWriter err, String message, String next) {
    err.println(message);
    err.println("next: " + next);
    err.flush();
  }
}
