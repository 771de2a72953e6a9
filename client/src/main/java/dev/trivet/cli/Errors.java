package dev.trivet.cli;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.trivet.client.Failures;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.cli.ErrorReport;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * Two lines on standard error, what happened and what to do next; with {@code -o json} or {@code
 * yaml} one line of JSON with both and more. The exit code is the table's. {@code docs/cli.md}
 * fixes all of it.
 */
final class Errors implements IExecutionExceptionHandler, IParameterExceptionHandler {
  @Override
  public int handleExecutionException(
      Exception exception, CommandLine commandLine, ParseResult parsed) {
    TrivetException error = errorOf(exception);
    tell(commandLine.getErr(), error, isForPrograms(parsed));
    if (error.code() == ErrorCode.INTERNAL) {
      exception.printStackTrace(commandLine.getErr());
      commandLine.getErr().flush();
    }
    return error.code().exitCode();
  }

  /** Before a command was found. */
  static int tell(PrintWriter err, TrivetException error) {
    tell(err, error, false);
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

  private static TrivetException errorOf(Exception exception) {
    return switch (exception) {
      case TrivetException known -> known;
      case StatusRuntimeException call -> Failures.of(call, true);
      case InterruptedException _ -> ErrorCode.OUTCOME_UNKNOWN.exception("interrupted");
      case NoSuchFileException file ->
          ErrorCode.NO_ENTRY.exception("no such file: " + file.getFile(), file);
      case IOException file -> ErrorCode.LOCAL_IO.exception(file.toString(), file);
      default -> ErrorCode.INTERNAL.exception(exception.toString(), exception);
    };
  }

  private static void tell(PrintWriter err, TrivetException error, boolean isForPrograms) {
    String message = String.valueOf(error.getMessage());
    if (!isForPrograms) {
      print(err, message, error.code().nextStep());
      return;
    }
    ErrorReport object =
        ErrorReport.newBuilder()
            .setError(error.code().name())
            .setMessage(message)
            .setNext(error.code().nextStep())
            .setExitCode(error.code().exitCode())
            .build();
    try {
      err.println(
          JsonFormat.printer()
              .preservingProtoFieldNames()
              .omittingInsignificantWhitespace()
              .print(object));
    } catch (InvalidProtocolBufferException e) {
      print(err, message, error.code().nextStep());
    }
    err.flush();
  }

  private static boolean isForPrograms(ParseResult parsed) {
    ParseResult deepest = parsed;
    while (deepest.hasSubcommand()) {
      deepest = deepest.subcommand();
    }
    OptionSpec output = deepest.commandSpec().findOption("--output");
    Output.Format format = output == null ? null : output.getValue();
    return format == Output.Format.json || format == Output.Format.yaml;
  }

  private static void print(PrintWriter err, String message, String next) {
    err.println(message);
    err.println("next: " + next);
    err.flush();
  }
}
