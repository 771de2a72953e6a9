package dev.trivet.chaos;

import dev.trivet.chaos.environment.Environment;
import dev.trivet.chaos.environment.Existing;
import dev.trivet.chaos.environment.Hosts;
import dev.trivet.chaos.environment.Loopback;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Options that say where a run takes place. */
final class Place {
  private static final int SIZE = 3;

  /** Set in the process that runs inside of the hosts' network. */
  private static final String INSIDE = "trivet.chaos.inside";

  @Option(
      names = "--environment",
      paramLabel = "hosts|loopback|existing|auto",
      description =
          "hosts: a network and a disk for each node, needs root; loopback: plain processes with a"
              + " proxy between them; existing: a cluster that is there; auto: hosts, or loopback"
              + " (${DEFAULT-VALUE}).")
  private String environment = "auto";

  @Option(
      names = "--folder",
      paramLabel = "FOLDER",
      description = "Where the nodes' data goes; must not have any (${DEFAULT-VALUE}).")
  private Path folder = Path.of("chaos-data");

  @Option(
      names = "--endpoints",
      paramLabel = "HOST:PORT,...",
      split = ",",
      description = "Of an existing cluster.")
  private List<String> endpoints = List.of();

  @Option(
      names = "--kill-command",
      paramLabel = "COMMAND",
      description = "Of an existing cluster: ends a node, whose number, from 1, is added.")
  private String killCommand = "";

  @Option(
      names = "--start-command",
      paramLabel = "COMMAND",
      description = "Of an existing cluster: starts a node, whose number is added.")
  private String startCommand = "";

  @Option(
      names = "--programs",
      paramLabel = "FOLDER",
      description = "Where the programs net and disk are (${DEFAULT-VALUE}).")
  private Path programs = Path.of("chaos-tests/faults");

  Path folder() {
    return folder.toAbsolutePath().normalize();
  }

  /** Whether the run is to go on in another process, inside a network of its own. */
  boolean needsHosts() throws IOException {
    return kind().equals("hosts") && !Boolean.getBoolean(INSIDE);
  }

  private String kind() throws IOException {
    String obstacle = Hosts.obstacle();
    if (environment.equals("auto")) {
      if (!obstacle.isEmpty()) {
        System.out.println("plain processes on loopback, for " + obstacle);
      }
      return obstacle.isEmpty() ? "hosts" : "loopback";
    }
    if (environment.equals("hosts") && !obstacle.isEmpty()) {
      throw new IllegalStateException("no hosts can be made: " + obstacle);
    }
    return environment;
  }

  /** Runs the same command where the hosts are; returns its exit code. */
  int runInHosts(List<String> arguments, long seed) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.addAll(List.of(programs.resolve("net").toString(), "run", Integer.toString(SIZE)));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(
        List.of(
            "-D" + INSIDE + "=true",
            "-Djdk.net.hosts.file=" + folder().resolve("hosts"),
            "-cp",
            System.getProperty("java.class.path"),
            Chaos.class.getName()));
    command.addAll(arguments);
    if (arguments.stream().noneMatch(argument -> argument.startsWith("--seed"))) {
      // Drawn here, and printed there.
      command.addAll(List.of("--seed", Long.toString(seed)));
    }
    return new ProcessBuilder(command).inheritIO().start().waitFor();
  }

  /**
   * Makes the environment; starts nothing.
   *
   * @param flags of the nodes' JVMs, behind ours
   * @throws IllegalArgumentException when the folder holds data: histories begin with nothing
   */
  Environment open(List<String> flags) throws IOException {
    if (Files.exists(folder().resolve("n1").resolve("identity"))) {
      throw new IllegalArgumentException(
          folder() + " holds data of nodes: choose another --folder");
    }
    return switch (kind()) {
      case "hosts" -> Hosts.at(folder(), programs.toAbsolutePath(), SIZE, flags);
      case "loopback" -> Loopback.at(folder(), SIZE, flags);
      case "existing" -> {
        if (!flags.isEmpty()) {
          throw new IllegalArgumentException(
              "the nodes of an existing cluster are not ours to start with other flags");
        }
        yield new Existing(endpoints, killCommand, startCommand);
      }
      default -> throw new IllegalArgumentException("no environment is called " + environment);
    };
  }
}
