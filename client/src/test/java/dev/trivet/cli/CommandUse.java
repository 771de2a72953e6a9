package dev.trivet.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;

/** The command line in this process, with its output kept. */
final class CommandUse {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  /** The exit code. */
  int run(String... arguments) {
    return run(Map.of(), arguments);
  }

  /** The same with an environment. */
  int run(Map<String, String> environment, String... arguments) {
    return Cli.execute(
        Cli.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err)),
        arguments,
        environment,
        Cli::commandLine);
  }

  String out() {
    return out.toString();
  }

  List<String> errors() {
    return err.toString().lines().toList();
  }
}
