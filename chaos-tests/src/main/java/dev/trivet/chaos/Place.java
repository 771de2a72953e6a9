package dev.trivet.chaos;

import dev.trivet.chaos.environment.Containers;
import dev.trivet.chaos.environment.Environment;
import dev.trivet.chaos.environment.Existing;
import dev.trivet.chaos.environment.Hosts;
import dev.trivet.chaos.environment.Loopback;
import dev.trivet.chaos.environment.Software;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Options that say where a run takes place. */
final class Place {
  /** The log is purged by whole segments. */
  private static final int SEGMENT_BYTES = 1 << 20;

  private static final int SIZE = 3;

  /** Set in the process that runs inside of the hosts' network. */
  private static final String INSIDE = "trivet.chaos.inside";

  @Option(
      names = "--system",
      paramLabel = "trivet|etcd",
      description = "Whose nodes: ours, or those of the etcd that is installed (${DEFAULT-VALUE}).")
  private String system = "trivet";

  @Option(
      names = "--environment",
      paramLabel = "hosts|loopback|containers|existing|auto",
      description =
          "hosts: a network and a disk for each node, needs root; loopback: plain processes with a"
              + " proxy between them; containers: of the engine that DOCKER_HOST names; existing: a"
              + " cluster that is there; auto: hosts, or loopback (${DEFAULT-VALUE}).")
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
      names = "--pause-command",
      paramLabel = "COMMAND",
      description = "Of an existing cluster: has a node stand still. Optional.")
  private String pauseCommand = "";

  @Option(
      names = "--resume-command",
      paramLabel = "COMMAND",
      description = "Of an existing cluster: lets it go on. Optional.")
  private String resumeCommand = "";

  @Option(
      names = "--network-command",
      paramLabel = "COMMAND",
      description =
          "Of an existing cluster: 'cut 1 2' has node 2 not hear node 1 any more, 'heal' takes all"
              + " cuts back, 'count' prints the packets that they stopped. Optional.")
  private String networkCommand = "";

  @Option(
      names = "--snapshot-every",
      paramLabel = "ENTRIES",
      description =
          "Of nodes that are started as processes, so that logs are purged and snapshots sent"
              + " within a run; 0: as seldom as nodes do it by themselves (${DEFAULT-VALUE}).")
  private int snapshotEvery = 1_000;

  @Option(
      names = "--image",
      paramLabel = "NAME",
      description = "Of containers; must be there (${DEFAULT-VALUE}).")
  private String image = "trivet:0.1";

  @Option(
      names = "--programs",
      paramLabel = "FOLDER",
      defaultValue = "${sys:trivet.chaos.programs:-chaos-tests/faults}",
      description = "Where the programs net and disk are (${DEFAULT-VALUE}).")
  private Path programs = Path.of("");

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
    Path first = folder().resolve("n1");
    if (Files.exists(first.resolve("identity")) || Files.exists(first.resolve("member"))) {
      throw new IllegalArgumentException(
          folder() + " holds data of nodes: choose another --folder");
    }
    return switch (kind()) {
      case "hosts" -> Hosts.at(local(), folder(), programs.toAbsolutePath(), SIZE, paced(flags));
      case "loopback" -> Loopback.at(local(), folder(), SIZE, paced(flags));
      case "containers" -> {
        requireNoFlags(flags);
        yield containers();
      }
      case "existing" -> {
        requireNoFlags(flags);
        yield new Existing(
            software(),
            endpoints,
            new Existing.Commands(
                killCommand, startCommand, pauseCommand, resumeCommand, networkCommand));
      }
      default -> throw new IllegalArgumentException("no environment is called " + environment);
    };
  }

  private List<String> paced(List<String> flags) {
    if (snapshotEvery == 0 || software() != Software.TRIVET) {
      return flags;
    }
    List<String> all = new ArrayList<>(flags);
    all.add("-Dtrivet.snapshot-every-entries=" + snapshotEvery);
    all.add("-Dtrivet.log-segment-bytes=" + SEGMENT_BYTES);
    return all;
  }

  private static void requireNoFlags(List<String> flags) {
    if (!flags.isEmpty()) {
      throw new IllegalArgumentException(
          "a planted bug needs nodes that this run starts as processes: --environment hosts or"
              + " loopback");
    }
  }

  private Containers containers() {
    if (software() != Software.TRIVET) {
      throw new IllegalArgumentException("there is no image of " + system);
    }
    return new Containers(folder(), image, SIZE);
  }

  /** One that this machine can run. */
  private Software local() {
    String obstacle = software().obstacle();
    if (!obstacle.isEmpty()) {
      throw new IllegalStateException(system + " cannot be run: " + obstacle);
    }
    return software();
  }

  private Software software() {
    return switch (system) {
      case "trivet" -> Software.TRIVET;
      case "etcd" -> Software.ETCD;
      default -> throw new IllegalArgumentException("no system is called " + system);
    };
  }
}
