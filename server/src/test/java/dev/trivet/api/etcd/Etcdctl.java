package dev.trivet.api.etcd;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.trivet.foreign.ForeignProgram;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Debian's etcdctl, an unmodified client of etcd. */
final class Etcdctl {
  private final String program;
  private final String endpoints;

  /** A test that needs it is skipped where it is not installed. */
  Etcdctl(String endpoints) {
    program = ForeignProgram.ETCDCTL.require().toString();
    this.endpoints = endpoints;
  }

  /** What a command that succeeded printed. */
  String run(String... arguments) throws IOException, InterruptedException {
    Result result = result("", arguments);
    if (result.status != 0) {
      throw new AssertionError(
          "etcdctl "
              + Arrays.toString(arguments)
              + " ended with "
              + result.status
              + ": "
              + result.errors);
    }
    return result.output;
  }

  /** What a command that failed said. */
  String fails(String... arguments) throws IOException, InterruptedException {
    Result result = result("", arguments);
    if (result.status == 0) {
      throw new AssertionError(
          "etcdctl " + Arrays.toString(arguments) + " did not fail: " + result.output);
    }
    return result.errors;
  }

  /** What a command printed, and the line in which it says why it failed, if it did. */
  String says(String input, String... arguments) throws IOException, InterruptedException {
    Result result = result(input, arguments);
    return result.output
        + result
            .errors
            .lines()
            .filter(line -> line.startsWith("Error: "))
            .map(line -> line + "\n")
            .collect(Collectors.joining());
  }

  String runWithInput(String input, String... arguments) throws IOException, InterruptedException {
    Result result = result(input, arguments);
    if (result.status != 0) {
      throw new AssertionError("etcdctl ended with " + result.status + ": " + result.errors);
    }
    return result.output;
  }

  /** A command that goes on by itself, as watch does. */
  Process begin(String... arguments) throws IOException {
    return builder(arguments).redirectErrorStream(true).start();
  }

  private record Result(int status, String output, String errors) {}

  private Result result(String input, String... arguments)
      throws IOException, InterruptedException {
    Process process = builder(arguments).start();
    try (var stdin = process.outputWriter(UTF_8)) {
      stdin.write(input);
    }
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    String errors = new String(process.getErrorStream().readAllBytes(), UTF_8);
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("etcdctl did not end: " + Arrays.toString(arguments));
    }
    return new Result(process.exitValue(), output, errors);
  }

  private ProcessBuilder builder(String... arguments) {
    List<String> command = new ArrayList<>(List.of(program, "--endpoints", endpoints));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("ETCDCTL_API", "3");
    return builder;
  }
}
