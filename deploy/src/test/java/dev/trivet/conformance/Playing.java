package dev.trivet.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.trivet.foreign.ForeignProgram;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Plays scripts with etcdctl against one cluster and keeps what was printed. */
final class Playing implements AutoCloseable {
  /** Begins the line of a step that waited in vain, which is wrong whoever does it. */
  static final String NEVER = "never ";

  private static final long PATIENCE_SECONDS = 40;

  private final String etcdctl;
  private final List<String> endpoints;
  private final Path folder;
  private final Masks masks;
  private final Map<String, String> captured = new HashMap<>();
  private final Map<String, Running> running = new HashMap<>();

  /** A command that goes on by itself. */
  private record Running(Process process, Path output, BufferedWriter input) {}

  /**
   * @param folder for files that commands write; {@code $FOLDER} in scripts
   */
  Playing(List<String> endpoints, Path folder) {
    this.etcdctl = ForeignProgram.ETCDCTL.require().toString();
    this.endpoints = List.copyOf(endpoints);
    this.folder = folder;
    this.masks = new Masks(endpoints, folder.toString());
  }

  /** What the step printed, masked; how it ended in the last line. */
  List<String> play(Script.Step step) throws IOException, InterruptedException {
    return switch (step.kind()) {
      case RUN -> run(step);
      case BEGIN -> begin(step);
      case AWAIT -> await(step);
      case TYPE -> type(step);
      case END -> end(step);
      case UNTIL -> until(step);
    };
  }

  /** What a command prints at some endpoints, as it is. */
  List<String> raw(String at, String text) throws IOException, InterruptedException {
    Path output = Files.createTempFile(folder, "raw", ".txt");
    Process process =
        builder(at, text).redirectErrorStream(true).redirectOutput(output.toFile()).start();
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    return Files.readAllLines(output).stream().filter(Playing::isNoLog).toList();
  }

  private List<String> run(Script.Step step) throws IOException, InterruptedException {
    Path output = Files.createTempFile(folder, "out", ".txt");
    Path errors = Files.createTempFile(folder, "err", ".txt");
    Process process =
        builder(step).redirectOutput(output.toFile()).redirectError(errors.toFile()).start();
    try (var stdin = process.outputWriter(UTF_8)) {
      stdin.write(expand(step.input()));
    }
    List<String> lines = new ArrayList<>();
    boolean isEnded = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
    String printed = Files.readString(output);
    printed.lines().forEach(lines::add);
    Files.readAllLines(errors).stream().filter(Playing::isNoLog).forEach(lines::add);
    if (!isEnded) {
      process.destroyForcibly();
      lines.add(NEVER + "ended");
    } else if (process.exitValue() != 0) {
      lines.add("exit " + process.exitValue());
    }
    if (step.kind() == Script.Kind.RUN && !step.name().isEmpty()) {
      captured.put(step.name(), Masks.firstId(printed));
    }
    return step.isSorted() ? masks.applySorted(lines) : lines.stream().map(masks::apply).toList();
  }

  private List<String> until(Script.Step step) throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    List<String> lines = run(step);
    while (lines.stream().noneMatch(line -> line.contains(step.name()))) {
      if (System.nanoTime() > end) {
        return List.of(NEVER + "printed " + step.name());
      }
      lines = run(step);
    }
    return lines;
  }

  /** etcdctl's client logs what it tries again, with times. */
  private static boolean isNoLog(String line) {
    return !line.startsWith("{\"level\":");
  }

  private List<String> begin(Script.Step step) throws IOException {
    Path output = Files.createTempFile(folder, "out", ".txt");
    Process process =
        builder(step).redirectErrorStream(true).redirectOutput(output.toFile()).start();
    running.put(step.name(), new Running(process, output, process.outputWriter(UTF_8)));
    return List.of();
  }

  private List<String> await(Script.Step step) throws IOException, InterruptedException {
    String wanted = expand(step.text());
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!Files.readString(named(step).output()).contains(wanted)) {
      if (System.nanoTime() > end) {
        return List.of(NEVER + "printed " + wanted);
      }
      Thread.sleep(20);
    }
    return List.of();
  }

  private List<String> type(Script.Step step) throws IOException {
    BufferedWriter input = named(step).input();
    input.write(expand(step.text()));
    input.newLine();
    input.flush();
    return List.of();
  }

  private List<String> end(Script.Step step) throws IOException, InterruptedException {
    Running one = named(step);
    // Process.destroy would close its input too, and some would say so.
    one.process().toHandle().destroy();
    if (!one.process().waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      one.process().destroyForcibly().waitFor();
    }
    return Files.readAllLines(one.output()).stream()
        .filter(Playing::isNoLog)
        .map(masks::apply)
        .toList();
  }

  private Running named(Script.Step step) {
    Running one = running.get(step.name());
    if (one == null) {
      throw new IllegalArgumentException("the script has begun no " + step.name());
    }
    return one;
  }

  private ProcessBuilder builder(Script.Step step) {
    String at =
        step.at().equals("all")
            ? String.join(",", endpoints)
            : endpoints.get(Integer.parseInt(step.at()) - 1);
    return builder(at, step.text());
  }

  private ProcessBuilder builder(String at, String text) {
    List<String> command = new ArrayList<>(List.of(etcdctl, "--endpoints", at));
    Script.words(text).forEach(word -> command.add(expand(word)));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("ETCDCTL_API", "3");
    return builder;
  }

  private String expand(String text) {
    String expanded = text.replace("$FOLDER", folder.toString());
    for (Map.Entry<String, String> one : captured.entrySet()) {
      expanded = expanded.replace("$" + one.getKey(), one.getValue());
    }
    return expanded;
  }

  @Override
  public void close() {
    running.values().forEach(one -> one.process().destroyForcibly());
  }
}
