package dev.trivet.chaos;

import dev.trivet.client.TrivetClient;
import dev.trivet.errors.TrivetException;
import dev.trivet.local.LocalCluster;
import dev.trivet.local.NodeProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How long a change of the leader is felt: by SIGKILL, and as planned.
 *
 * <p>{@code Failovers KILLS TRANSFERS FOLDER}. Prints, in milliseconds, from the kill to the first
 * success of a write that began after it, from the start of the killed node's process until it does
 * a linearizable read again, and the longest time without an answer around a transfer. Meanwhile
 * keys are written and checked at the end. Exit code 0 when all of them are there, 7 otherwise.
 */
public final class Failovers {
  private static final Duration READY = Duration.ofSeconds(90);
  private static final long PATIENCE_MILLIS = 60_000;
  private static final long QUIET_MILLIS = 1_500;
  private static final long AROUND_MILLIS = 500;
  private static final long WRITE_PAUSE_MILLIS = 100;

  private final LocalCluster cluster;
  private final Probe probe;

  private Failovers(LocalCluster cluster, Probe probe) {
    this.cluster = cluster;
    this.probe = probe;
  }

  public static void main(String[] arguments) throws IOException, InterruptedException {
    if (arguments.length != 3) {
      System.err.println("Failovers KILLS TRANSFERS FOLDER");
      System.exit(2);
    }
    int kills = Integer.parseInt(arguments[0]);
    int transfers = Integer.parseInt(arguments[1]);
    Path folder = Files.createDirectories(Path.of(arguments[2]));
    List<String> broken;
    try (LocalCluster cluster = LocalCluster.at(folder, 3, List.of())) {
      cluster.startAll();
      cluster.awaitReady(READY);
      try (KeyWorkload keys = new KeyWorkload(cluster.endpoints(), WRITE_PAUSE_MILLIS);
          Probe probe = new Probe(cluster.endpoints())) {
        keys.start();
        try {
          Failovers failovers = new Failovers(cluster, probe);
          failovers.transfer(transfers);
          failovers.kill(kills);
        } finally {
          keys.stop();
        }
        broken = keys.check();
        System.out.println(keys.summary(broken));
      } catch (IllegalStateException | TrivetException e) {
        NodeReport.print(cluster);
        throw e;
      }
    }
    Verdict.end(broken);
  }

  private void kill(int times) throws IOException, InterruptedException {
    List<Long> stalls = new ArrayList<>();
    List<Long> starts = new ArrayList<>();
    for (int time = 0; time < times; time++) {
      Thread.sleep(QUIET_MILLIS);
      NodeProcess leader = Leaders.find(cluster);
      long killed = System.nanoTime();
      leader.kill();
      probe.mark(killed);
      stalls.add(probe.firstSuccessMillis(PATIENCE_MILLIS));
      Thread.sleep(QUIET_MILLIS);
      long begun = System.nanoTime();
      cluster.start(leader);
      cluster.awaitReady(READY);
      starts.add((System.nanoTime() - begun) / 1_000_000);
      System.out.printf(
          "kill %d: %s, first write after %d ms, ready again in %d ms%n",
          time + 1, leader.name(), stalls.getLast(), starts.getLast());
    }
    print("first write after a kill", stalls);
    print("start to ready", starts);
  }

  private void transfer(int times) throws InterruptedException {
    List<Long> gaps = new ArrayList<>();
    List<Long> calls = new ArrayList<>();
    try (TrivetClient client = TrivetClient.connect(cluster.endpoints())) {
      for (int time = 0; time < times; time++) {
        Thread.sleep(QUIET_MILLIS);
        NodeProcess leader = Leaders.find(cluster);
        int next = (cluster.nodes().indexOf(leader) + 1) % cluster.nodes().size();
        long begun = System.nanoTime();
        probe.mark(begun);
        client.cluster().transferLeader(cluster.nodes().get(next).name());
        calls.add((System.nanoTime() - begun) / 1_000_000);
        probe.firstSuccessMillis(PATIENCE_MILLIS);
        Thread.sleep(AROUND_MILLIS);
        gaps.add(probe.longestGapMillis());
      }
    }
    print("longest gap around a transfer", gaps);
    print("the call that transfers", calls);
  }

  private static void print(String what, List<Long> millis) {
    if (millis.isEmpty()) {
      return;
    }
    List<Long> sorted = millis.stream().sorted().toList();
    System.out.printf(
        "%s: %d times, median %d ms, 99th percentile %d ms, longest %d ms%n",
        what,
        sorted.size(),
        sorted.get((sorted.size() - 1) / 2),
        sorted.get((sorted.size() * 99 + 99) / 100 - 1),
        sorted.getLast());
  }
}
