package dev.trivet.chaos.planted;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.trivet.chaos.Chaos;
import dev.trivet.chaos.check.Outcome;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * A run of {@link Chaos} in a process of its own, as from the command line. What it says lies in
 * its folder: {@code report.json}, {@code report.html}, {@code progress.txt}.
 */
final class ChaosProcess {
  private static final Duration LIMIT = Duration.ofMinutes(5);

  private final Path folder;

  ChaosProcess(Path folder) {
    this.folder = folder;
  }

  /**
   * How it ended.
   *
   * @param outcome undecided if it did not come to one
   * @param promises that are broken, each once
   * @param words for whoever reads the table
   */
  record Ended(Outcome outcome, long seconds, List<String> promises, String words) {
    Ended {
      promises = List.copyOf(promises);
    }

    boolean isBroken() {
      return outcome == Outcome.BROKEN;
    }

    boolean isKept() {
      return outcome == Outcome.KEPT;
    }
  }

  Ended run(List<String> arguments) throws IOException, InterruptedException {
    Files.createDirectories(folder);
    Path report = folder.resolve("report.json");
    long begin = System.nanoTime();
    Process process =
        new ProcessBuilder(command(arguments))
            .redirectOutput(report.toFile())
            .redirectError(folder.resolve("progress.txt").toFile())
            .start();
    boolean hasEnded = process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    if (!hasEnded) {
      end(process);
    }
    long seconds = Duration.ofNanos(System.nanoTime() - begin).toSeconds();
    if (!hasEnded) {
      return new Ended(
          Outcome.UNDECIDED, seconds, List.of(), "no end after " + LIMIT.toMinutes() + " min");
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
      List<String> promises = promises(document);
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

  private static List<String> promises(JsonObject document) {
    TreeSet<String> promises = new TreeSet<>();
    for (JsonElement judgement : document.getAsJsonArray("judgements")) {
      for (JsonElement finding : judgement.getAsJsonObject().getAsJsonArray("findings")) {
        promises.add(finding.getAsJsonObject().get("promise").getAsString());
      }
    }
    return List.copyOf(promises);
  }
}
