package dev.trivet.local;

import dev.trivet.cli.Cli;
import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** What a command of the program said and how it ended. */
record CommandRun(int code, String out, String err) {
  static CommandRun of(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine commandLine =
        Cli.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    int code = Cli.execute(commandLine, arguments, Cli::commandLine);
    return new CommandRun(code, out.toString(), err.toString());
  }
}
