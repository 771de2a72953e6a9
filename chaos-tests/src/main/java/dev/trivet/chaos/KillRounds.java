package dev.trivet.chaos;

import dev.trivet.local.LocalCluster;
import dev.trivet.local.NodeProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * SIGKILL of the leader, of a follower and of all nodes, in turn, under load; then everything that
 * was acknowledged is looked for.
 *
 * <p>{@code KillRounds ROUNDS SEED FOLDER}; exit code 0 when every promise was kept, 7 otherwise.
 */
public final class KillRounds {
  private static final Duration READY = Duration.ofSeconds(60);
  private static final long LOAD_MILLIS = 1_500;

  private final LocalCluster cluster;
  private final List<Workload> workloads;
  private final Random random;
  private final List<Long> gaps = new ArrayList<>();

  KillRounds(LocalCluster cluster, List<Workload> workloads, long seed) {
    this.cluster = cluster;
    this.workloads = List.copyOf(workloads);
    this.random = new Random(seed);
  }

  public static void main(String[] arguments) throws IOException, InterruptedException {
    int rounds = Integer.parseInt(arguments[0]);
    long seed = Long.parseLong(arguments[1]);
    Path folder = Path.of(arguments[2]);
    Files.createDirectories(folder);
    List<String> broken;
    try (LocalCluster cluster = LocalCluster.at(folder, 3, List.of())) {
      cluster.startAll();
      cluster.awaitReady(READY);
      try (Workload keys = new KeyWorkload(cluster.endpoints())) {
        broken = new KillRounds(cluster, List.of(keys), seed).run(rounds);
      }
    }
    broken.forEach(line -> System.out.println("BROKEN " + line));
    System.out.println(broken.isEmpty() ? "KEPT" : "BROKEN: seed " + seed);
    System.exit(broken.isEmpty() ? 0 : 7);
  }

  /** Runs the rounds and checks; returns the broken promises. */
  List<String> run(int rounds) throws IOException, InterruptedException {
    workloads.forEach(Workload::start);
    for (int round = 0; round < rounds; round++) {
      Thread.sleep(LOAD_MILLIS);
      workloads.forEach(workload -> workload.ledger().takeLongestGapMillis());
      List<NodeProcess> victims = victims(round);
      for (NodeProcess victim : victims) {
        victim.kill();
      }
      Thread.sleep(LOAD_MILLIS + random.nextInt(1_000));
      for (NodeProcess victim : victims) {
        cluster.start(victim);
      }
      cluster.awaitReady(READY);
      report(round, victims);
    }
    for (Workload workload : workloads) {
      workload.stop();
    }
    List<String> broken = new ArrayList<>();
    for (Workload workload : workloads) {
      List<String> found = workload.check();
      System.out.printf(
          "%s: %d acknowledged, %d open, %d promises broken%n",
          workload.name(),
          workload.ledger().count(),
          workload.ledger().unknownCount(),
          found.size());
      broken.addAll(found);
      if (workload.ledger().count() < rounds) {
        broken.add(workload.name() + ": too few writes to say anything");
      }
    }
    return broken;
  }

  private List<NodeProcess> victims(int round) {
    NodeProcess leader = Leaders.find(cluster);
    return switch (round % 3) {
      case 0 -> List.of(leader);
      case 1 -> {
        List<NodeProcess> followers =
            cluster.nodes().stream().filter(node -> node != leader).toList();
        yield List.of(followers.get(random.nextInt(followers.size())));
      }
      default -> cluster.nodes();
    };
  }

  private void report(int round, List<NodeProcess> victims) {
    StringBuilder line = new StringBuilder("round " + (round + 1) + ": killed");
    victims.forEach(victim -> line.append(' ').append(victim.name()));
    for (Workload workload : workloads) {
      long gap = workload.ledger().takeLongestGapMillis();
      gaps.add(gap);
      line.append("; longest stall of ")
          .append(workload.name())
          .append(' ')
          .append(gap)
          .append(" ms");
    }
    System.out.println(line);
  }
}
