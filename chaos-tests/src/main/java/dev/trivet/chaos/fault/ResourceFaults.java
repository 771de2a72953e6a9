package dev.trivet.chaos.fault;

import dev.trivet.chaos.environment.Capability;
import dev.trivet.chaos.environment.ControlGroup;
import dev.trivet.chaos.environment.ControlGroup.Resource;
import dev.trivet.chaos.environment.LocalNode;
import dev.trivet.chaos.environment.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Nodes that get too little of something, and clients that take and never read. */
final class ResourceFaults {
  private static final Set<Capability> GROUPS =
      Set.of(Capability.PROCESSES, Capability.CONTROL_GROUPS);
  private static final Duration LONG = Duration.ofSeconds(8);

  /** Thousandths of a processor. */
  private static final long LITTLE_CPU = 60;

  /**
   * A node that neither starts nor opens new connections takes some MiB more in ten seconds, not
   * always eight.
   */
  private static final long LITTLE_MEMORY_BYTES = 2 << 20;

  private static final String SMALL_HEAP = "-Xmx40m";
  private static final int BUSY = 6;
  private static final int STUCK = 60;
  private static final Pattern FILES = Pattern.compile("Too many open files");
  private static final Pattern MEMORY = Pattern.compile("OutOfMemory|GC overhead");

  private ResourceFaults() {}

  static List<FaultKind> kinds() {
    return List.of(
        FaultKind.of("few-files", "the leader may open no more files", ResourceFaults::fewFiles)
            .lasting(LONG),
        FaultKind.of("small-heap", "a node restarts with " + SMALL_HEAP, ResourceFaults::smallHeap)
            .lasting(LONG)
            .ofTrivet(),
        FaultKind.of(
                "little-memory",
                "a node may take 2 MiB more memory, in a control group",
                GROUPS,
                scene -> grouped(scene.any().local(), Resource.MEMORY, LITTLE_MEMORY_BYTES))
            .lasting(LONG),
        FaultKind.of(
                "little-cpu",
                "the leader gets 6 % of a processor",
                GROUPS,
                scene -> grouped(scene.leader().local(), Resource.CPU, LITTLE_CPU))
            .lasting(LONG),
        FaultKind.of(
                "busy-machine",
                BUSY + " processes take all the time they get",
                ResourceFaults::busy)
            .lasting(LONG),
        FaultKind.of(
                "stuck-clients",
                STUCK + " clients watch and list all at the leader, and read nothing",
                Set.of(),
                ResourceFaults::stuck)
            .lasting(LONG));
  }

  private static Inflicted fewFiles(Scene scene) throws IOException {
    LocalNode victim = scene.leader().local();
    String pid = Long.toString(victim.pid());
    String before =
        Programs.run("prlimit", "--pid", pid, "--nofile", "--raw", "--noheadings", "-o", "SOFT");
    long open = openFiles(victim);
    var _ = Programs.run("prlimit", "--pid", pid, "--nofile=" + open + ":");
    long begin = victim.logBytes();
    StuckClients strangers = StuckClients.at(victim.endpoint(), STUCK / 4);
    return Inflicted.on(
        List.of(victim),
        () -> {
          String said = Traces.first(victim, begin, FILES);
          long now = victim.isRunning() ? openFiles(victim) : 0;
          return new Evidence(
              now == 0 || now >= open || !said.isEmpty(),
              "%d files open, %d allowed%s; %s"
                  .formatted(now, open, victim.isRunning() ? "" : ", ended", said));
        },
        () -> {
          strangers.close();
          if (victim.isRunning()) {
            var _ = Programs.run("prlimit", "--pid", pid, "--nofile=" + before.strip() + ":");
          }
        });
  }

  private static long openFiles(LocalNode node) throws IOException {
    try (var files = Files.list(Path.of("/proc", Long.toString(node.pid()), "fd"))) {
      return files.count();
    }
  }

  private static Inflicted smallHeap(Scene scene) throws IOException, InterruptedException {
    LocalNode victim = scene.any().local();
    victim.kill();
    long begin = victim.logBytes();
    victim.start(List.of(SMALL_HEAP));
    return Inflicted.on(
        List.of(victim),
        () -> {
          boolean isSmall =
              !victim.isRunning()
                  || Files.readString(Path.of("/proc", Long.toString(victim.pid()), "cmdline"))
                      .contains(SMALL_HEAP);
          return new Evidence(
              isSmall,
              "%s, node %s; %s"
                  .formatted(
                      SMALL_HEAP,
                      victim.isReady() ? "serves" : victim.isRunning() ? "runs" : "ended",
                      Traces.first(victim, begin, MEMORY)));
        },
        () -> {
          if (victim.isRunning()) {
            victim.kill();
          }
          victim.start();
        });
  }

  private static Inflicted grouped(LocalNode victim, Resource resource, long limit)
      throws IOException {
    ControlGroup group = ControlGroup.around(victim, resource, limit);
    return Inflicted.on(
        List.of(victim),
        () -> {
          long met = group.met();
          return new Evidence(
              met > 0,
              "limit met %d times, node %s".formatted(met, victim.isRunning() ? "runs" : "ended"));
        },
        group::remove);
  }

  private static Inflicted busy(Scene scene) throws IOException {
    List<Process> busy = new ArrayList<>();
    for (int i = 0; i < BUSY; i++) {
      busy.add(new ProcessBuilder("sh", "-c", "while :; do :; done").start());
    }
    return Inflicted.on(
        scene.nodes(),
        () -> {
          long millis =
              busy.stream()
                  .flatMap(process -> process.info().totalCpuDuration().stream())
                  .mapToLong(Duration::toMillis)
                  .sum();
          return new Evidence(millis > 0, "they took " + millis + " ms of processor time");
        },
        () -> {
          for (Process process : busy) {
            process.destroyForcibly().waitFor();
          }
        });
  }

  private static Inflicted stuck(Scene scene) {
    StuckClients clients = StuckClients.at(scene.leader().endpoint(), STUCK);
    return Inflicted.on(
        List.of(scene.leader()),
        () ->
            new Evidence(
                clients.open() > 0, clients.open() + " of " + 2 * STUCK + " calls open, none read"),
        clients::close);
  }
}
