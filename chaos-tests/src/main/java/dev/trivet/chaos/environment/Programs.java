package dev.trivet.chaos.environment;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Programs of this machine, each run to its end. */
public final class Programs {
  private static final List<Path> FOLDERS =
      List.of(
          Path.of("/usr/local/sbin"),
          Path.of("/usr/local/bin"),
          Path.of("/usr/sbin"),
          Path.of("/usr/bin"),
          Path.of("/sbin"),
          Path.of("/bin"));

  private Programs() {}

  /** How one ended, and what it said on both of its outputs. */
  public record Ended(int code, String said) {}

  /** Runs it, however it ends. */
  public static Ended attempt(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
    try {
      return new Ended(process.waitFor(), said);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted in " + String.join(" ", command), e);
    }
  }

  /**
   * Runs it and expects that it is done.
   *
   * @return what it said
   * @throws IOException with what it said when its exit code is not 0
   */
  public static String run(String... command) throws IOException {
    Ended ended = attempt(command);
    if (ended.code() != 0) {
      throw new IOException(
          "%s ended with %d: %s".formatted(String.join(" ", command), ended.code(), ended.said()));
    }
    return ended.said();
  }

  /** Which of these are not installed, in one sentence; empty if all are. */
  public static String missing(String... programs) {
    StringBuilder missing = new StringBuilder();
    for (String program : programs) {
      if (FOLDERS.stream().noneMatch(folder -> Files.isExecutable(folder.resolve(program)))) {
        missing.append(missing.isEmpty() ? "not installed: " : ", ").append(program);
      }
    }
    return missing.toString();
  }

  /** Whether this process may do what only root may. */
  static boolean isRoot() throws IOException {
    return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
  }
}
