package dev.trivet.chaos;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.trivet.chaos.check.Outcome;
import dev.trivet.chaos.report.Series;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A run of {@link Chaos} in a process of its own, as from the command line. What it says lies in
 * its folder: {@code report.json}, {@code report.html}, {@code progress.txt}.
 */
public final class ChaosProcess {
  private static final String REPORT = "report.json";

  private final Path folder;
  private final Duration limit;

  /**
   * @param limit it is ended then, and has come to nothing
   */
  public ChaosProcess(Path folder, Duration limit) {
    this.folder = folder;
    this.limit = limit;
  }

  /** Where a run in a folder leaves its report. */
  static Path report(Path folder) {
    return folder.resolve(REPORT);
  }

  /**
   * How it ended.
   *
   * @param outcome undecided if it did not come to one
   * @param promises that are broken, each once
   * @param words for whoever reads the table
   */
  public record Ended(Outcome outcome, long seconds, List<String> promises, String words) {
    /** Copies the promises. */
    public Ended {
      promises = List.copyOf(promises);
    }

    public boolean isBroken() {
      return outcome == Outcome.BROKEN;
    }

    public boolean isKept() {
      return outcome == Outcome.KEPT;
    }
  }

  /** Runs it to its end with these arguments of {@link Chaos}. */
  public Ended run(List<String> arguments) throws IOException, InterruptedException {
    Files.createDirectories(folder);
    Path report = report(folder);
    long begin = System.nanoTime();
    Process process =
        new ProcessBuilder(command(arguments))
            .redirectOutput(report.toFile())
            .redirectError(folder.resolve("progress.txt").toFile())
            .start();
    boolean hasEnded = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
    if (!hasEnded) {
      end(process);
    }
    long seconds = Duration.ofNanos(System.nanoTime() - begin).toSeconds();
    if (!hasEnded) {
      return new Ended(
          Outcome.UNDECIDED, seconds, List.of(), "no end after " + limit.toMinutes() + " min");
    }
    return ended(Files.readString(report), process.exitValue(), seconds);
  }

  /** The nodes' hosts go with the process that made them. */
  private static void end(Process process) throws InterruptedException {
    List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
    all.add(process.toHandle());
    all.forEach(ProcessHandle::destroyForcibly);
    var _ = process.waitFor();
  }

  private List<String> command(List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Chaos.class.getName()));
    command.addAll(arguments);
    command.addAll(
        List.of(
            "--folder",
            folder.resolve("nodes").toString(),
            "--report",
            folder.resolve("report.html").toString(),
            "--output",
            "json"));
    return command;
  }

  private Ended ended(String report, int exitCode, long seconds) {
    try {
      JsonObject document = JsonParser.parseString(report).getAsJsonObject();
      List<String> promises = Series.promises(document.getAsJsonArray("judgements"));
      return new Ended(
          Outcome.valueOf(document.get("outcome").getAsString()),
          seconds,
          promises,
          promises.isEmpty() ? "every promise was kept" : String.join("; ", promises));
    } catch (JsonParseException | IllegalStateException e) {
      return new Ended(
          Outcome.UNDECIDED,
          seconds,
          List.of(),
          "no report, exit code %d: see %s".formatted(exitCode, folder.resolve("progress.txt")));
    }
  }
}
