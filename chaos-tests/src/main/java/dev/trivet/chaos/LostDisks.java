package dev.trivet.chaos;

import dev.trivet.chaos.ClusterCommands.Outcome;
import dev.trivet.chaos.environment.Waiting;
import dev.trivet.client.TrivetClient;
import dev.trivet.local.LocalCluster;
import dev.trivet.local.NodeProcess;
import dev.trivet.proto.api.MemberStatus;
import dev.trivet.store.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Under load, one node after the other loses its disk and comes back with an empty folder. It must
 * not count for a majority under its old identity; two commands, {@code cluster add} and {@code
 * cluster promote}, make it a voter again, and then its vote must count. In between the leadership
 * is sent elsewhere by command.
 *
 * <p>{@code LostDisks ROUNDS FOLDER}. Exit code 0 when every promise was kept, 7 otherwise.
 */
public final class LostDisks {
  private static final Duration READY = Duration.ofSeconds(90);
  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final long SETTLE_MILLIS = 500;

  /** So many acknowledgements cannot have been under way before. */
  private static final int MORE = 20;

  private static final long SILENCE_MILLIS = 3_000;
  private static final String WAITING = "WAITING";
  private static final String LEARNER = "LEARNER";
  private static final String VOTER = "VOTER";

  private final LocalCluster cluster;
  private final ClusterCommands commands;
  private final Workload keys;
  private final Workload blobs;
  private final List<String> broken = new ArrayList<>();

  LostDisks(LocalCluster cluster, Workload keys, Workload blobs) {
    this.cluster = cluster;
    this.commands = new ClusterCommands(cluster);
    this.keys = keys;
    this.blobs = blobs;
  }

  public static void main(String[] arguments) throws IOException, InterruptedException {
    if (arguments.length != 2) {
      System.err.println("LostDisks ROUNDS FOLDER");
      System.exit(2);
    }
    Path folder = Files.createDirectories(Path.of(arguments[1]));
    List<String> broken;
    try (LocalCluster cluster = LocalCluster.at(folder, 3, List.of())) {
      cluster.startAll();
      cluster.awaitReady(READY);
      try (Workload keys = new KeyWorkload(cluster.endpoints());
          Workload blobs = new BlobWorkload(cluster.endpoints())) {
        broken = new LostDisks(cluster, keys, blobs).run(Integer.parseInt(arguments[0]));
      } catch (IllegalStateException e) {
        NodeReport.print(cluster);
        throw e;
      }
    }
    Verdict.end(broken);
  }

  List<String> run(int rounds) throws IOException, InterruptedException {
    keys.start();
    blobs.start();
    for (int round = 0; round < rounds; round++) {
      NodeProcess victim = cluster.nodes().get(round % cluster.nodes().size());
      lose(victim);
      String before = voterIncarnation(victim);
      cluster.start(victim);
      await(victim.name() + " waits at the door", member -> is(member, victim, WAITING));
      mustNotCount(victim);
      expectRefused("a node that only waits", "promote", victim.name());
      commands.await(LIMIT, "add", victim.name());
      await(
          victim.name() + " is a learner",
          member -> is(member, victim, LEARNER) && !member.getIncarnation().equals(before));
      commands.await(LIMIT, "promote", victim.name());
      await(victim.name() + " is a voter", member -> is(member, victim, VOTER));
      commands.await(LIMIT, "status", "--wait-whole", "60");
      mustCount(victim);
      commands.await(LIMIT, "transfer-leader", victim.name());
      await(victim.name() + " leads", member -> is(member, victim, VOTER) && member.getIsLeader());
      System.out.printf(
          "round %d: %s lost its disk, waited, was admitted, was given its vote, leads%n",
          round + 1, victim.name());
    }
    removeAndAdmit(cluster.nodes().getFirst());
    for (Workload workload : List.of(keys, blobs)) {
      workload.stop();
      List<String> found = workload.check();
      System.out.println(workload.summary(found));
      broken.addAll(found);
    }
    return broken;
  }

  /** An operator takes a member out for good, and later a new node of that name in. */
  private void removeAndAdmit(NodeProcess node) throws IOException, InterruptedException {
    commands.await(LIMIT, "remove", node.name());
    Waiting.until(node.name() + " ends", LIMIT, () -> !node.isRunning());
    Folders.deleteTree(node.folder());
    cluster.start(node);
    await(node.name() + " waits at the door", member -> is(member, node, WAITING));
    commands.await(LIMIT, "add", node.name());
    commands.await(LIMIT, "promote", node.name());
    commands.await(LIMIT, "status", "--wait-whole", "60");
    mustCount(node);
    System.out.println(node.name() + " was removed, ended, and came back as another");
  }

  private void lose(NodeProcess victim) throws IOException, InterruptedException {
    victim.kill();
    Folders.deleteTree(victim.folder());
  }

  /**
   * With one of the other two gone there is one voter left of three: nothing may be acknowledged.
   */
  private void mustNotCount(NodeProcess wiped) throws IOException, InterruptedException {
    NodeProcess other = otherThan(wiped);
    other.kill();
    // What the two had agreed on before may still be told.
    Thread.sleep(SETTLE_MILLIS);
    int before = keys.ledger().count();
    Thread.sleep(SILENCE_MILLIS);
    if (keys.ledger().count() > before) {
      broken.add("keys were acknowledged by one voter and " + wiped.name() + ", which has no vote");
    }
    if (wiped.isReady()) {
      broken.add(wiped.name() + " calls itself ready and belongs to no cluster");
    }
    cluster.start(other);
    awaitReady(other);
    awaitMore("two voters are back");
  }

  /** With one of the other two gone, this one's vote is needed for each write. */
  private void mustCount(NodeProcess voter) throws IOException, InterruptedException {
    NodeProcess other = otherThan(voter);
    other.kill();
    awaitMore("one of two voters is " + voter.name());
    cluster.start(other);
    awaitReady(other);
  }

  private void awaitMore(String why) throws InterruptedException {
    for (Workload workload : List.of(keys, blobs)) {
      int before = workload.ledger().count();
      Waiting.until(
          workload.name() + " are acknowledged, for " + why,
          LIMIT,
          () -> workload.ledger().count() > before + MORE);
    }
  }

  private static void awaitReady(NodeProcess node) throws InterruptedException {
    Waiting.until(node.name() + " is ready", READY, node::isReady);
  }

  private void expectRefused(String what, String... arguments)
      throws IOException, InterruptedException {
    Outcome outcome = commands.run(arguments);
    if (outcome.isDone()) {
      broken.add(what + " was accepted for: cluster " + String.join(" ", arguments));
    }
  }

  private NodeProcess otherThan(NodeProcess node) {
    return cluster.nodes().stream().filter(other -> other != node).findFirst().orElseThrow();
  }

  private String voterIncarnation(NodeProcess node) throws InterruptedException {
    return await(node.name() + " is known", member -> is(member, node, VOTER)).getIncarnation();
  }

  private static boolean is(MemberStatus member, NodeProcess node, String role) {
    return member.getName().equals(node.name()) && member.getRole().equals(role);
  }

  private MemberStatus await(String what, Predicate<MemberStatus> wanted)
      throws InterruptedException {
    try (TrivetClient client = TrivetClient.connect(cluster.endpoints())) {
      return Waiting.untilPresent(
          what,
          LIMIT,
          () -> client.cluster().status().getMembersList().stream().filter(wanted).findFirst());
    }
  }
}
