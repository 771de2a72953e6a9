package dev.trivet.chaos;

import dev.trivet.local.LocalCluster;
import dev.trivet.local.MountProcess;
import dev.trivet.local.NodeProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * One fault after the other, under load; then everything that was acknowledged is looked for.
 *
 * <p>{@code Rounds kill|power ROUNDS SEED FOLDER}: SIGKILL of the leader, of a follower and of all
 * nodes in turn, or power cuts of all three, which need root. Exit code 0 when every promise was
 * kept, 7 otherwise.
 */
public final class Rounds {
  private static final Duration READY = Duration.ofSeconds(90);
  private static final long LOAD_MILLIS = 1_500;

  private final LocalCluster cluster;
  private final List<Workload> workloads;
  private final List<Fault> faults;
  private final Random random;
  private final Terms terms = new Terms();

  Rounds(LocalCluster cluster, List<Workload> workloads, List<Fault> faults, long seed) {
    this.cluster = cluster;
    this.workloads = List.copyOf(workloads);
    this.faults = List.copyOf(faults);
    this.random = new Random(seed);
  }

  public static void main(String[] arguments) throws IOException, InterruptedException {
    if (arguments.length != 4) {
      System.err.println("Rounds kill|power ROUNDS SEED FOLDER");
      System.exit(2);
    }
    int rounds = Integer.parseInt(arguments[1]);
    long seed = Long.parseLong(arguments[2]);
    Path folder = Files.createDirectories(Path.of(arguments[3]));
    List<String> broken;
    try (LocalCluster cluster = LocalCluster.at(folder, 3, List.of())) {
      broken =
          switch (arguments[0]) {
            case "kill" -> run(cluster, folder, List.of(Kill.values()), rounds, seed);
            case "power" -> cutPower(cluster, folder, rounds, seed);
            default -> throw new IllegalArgumentException("no faults are called " + arguments[0]);
          };
    }
    System.out.println("seed " + seed);
    Verdict.end(broken);
  }

  private static List<String> cutPower(LocalCluster cluster, Path folder, int rounds, long seed)
      throws IOException, InterruptedException {
    PowerCut cut = new PowerCut(Path.of("chaos-tests/faults/disk"));
    cut.makeDisks(cluster);
    try {
      return run(cluster, folder, List.of(cut), rounds, seed);
    } finally {
      cluster.close();
      cut.removeDisks(cluster);
    }
  }

  private static List<String> run(
      LocalCluster cluster, Path folder, List<Fault> faults, int rounds, long seed)
      throws IOException, InterruptedException {
    cluster.startAll();
    cluster.awaitReady(READY);
    List<Workload> workloads = new ArrayList<>();
    try {
      workloads.add(new KeyWorkload(cluster.endpoints()));
      workloads.add(new BlobWorkload(cluster.endpoints()));
      String obstacle = MountProcess.obstacle();
      if (obstacle.isEmpty()) {
        workloads.add(new FileWorkload(cluster, folder));
      } else {
        System.out.println("files are left out: " + obstacle);
      }
      return new Rounds(cluster, workloads, faults, seed).run(rounds);
    } catch (IllegalStateException e) {
      NodeReport.print(cluster);
      throw e;
    } finally {
      for (Workload workload : workloads.reversed()) {
        workload.close();
      }
    }
  }

  /** Runs the rounds and checks; returns the broken promises. */
  List<String> run(int rounds) throws IOException, InterruptedException {
    workloads.forEach(Workload::start);
    for (int round = 0; round < rounds; round++) {
      Thread.sleep(LOAD_MILLIS);
      terms.observe(cluster);
      workloads.forEach(workload -> workload.ledger().takeLongestGapMillis());
      Fault fault = faults.get(round % faults.size());
      List<NodeProcess> victims = fault.inflict(cluster, random);
      Thread.sleep(LOAD_MILLIS + random.nextInt(1_000));
      fault.undo(cluster, victims);
      cluster.awaitReady(READY);
      terms.observe(cluster);
      report(round, fault, victims);
    }
    for (Workload workload : workloads) {
      workload.stop();
    }
    List<String> broken = new ArrayList<>(terms.broken());
    for (Workload workload : workloads) {
      List<String> found = workload.check();
      System.out.println(workload.summary(found));
      broken.addAll(found);
      if (workload.ledger().count() < rounds) {
        broken.add(workload.name() + ": too few writes to say anything");
      }
    }
    return broken;
  }

  private void report(int round, Fault fault, List<NodeProcess> victims) {
    StringBuilder line = new StringBuilder("round " + (round + 1) + ": " + fault.name());
    victims.forEach(victim -> line.append(' ').append(victim.name()));
    for (Workload workload : workloads) {
      line.append("; longest stall of ")
          .append(workload.name())
          .append(' ')
          .append(workload.ledger().takeLongestGapMillis())
          .append(" ms");
    }
    System.out.println(line);
  }
}
