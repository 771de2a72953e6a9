package dev.trivet.mount;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;

/**
 * A shell that was there before a file of a mount was opened. A process that is started later
 * inherits the file and closes it, which waits for the mount; so a test that stops a mount, or its
 * cluster, must start nothing while it has files open.
 */
final class Shell implements AutoCloseable {
  private final Process process;
  private final Writer commands;
  private final BufferedReader codes;

  Shell() throws IOException {
    process =
        new ProcessBuilder(
                "/bin/sh", "-c", "while read -r command; do eval \"$command\"; echo $?; done")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    commands = process.outputWriter();
    codes = process.inputReader();
  }

  /** Runs a command that prints nothing; fails the test when it fails. */
  void run(String command) {
    try {
      commands.write(command + "\n");
      commands.flush();
      assertThat(codes.readLine()).as(command).isEqualTo("0");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
