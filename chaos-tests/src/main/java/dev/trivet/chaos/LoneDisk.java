package dev.trivet.chaos;

import com.google.protobuf.ByteString;
import dev.trivet.chaos.environment.Capability;
import dev.trivet.chaos.environment.Environment;
import dev.trivet.chaos.environment.LocalNode;
import dev.trivet.chaos.environment.Loopback;
import dev.trivet.chaos.environment.Node;
import dev.trivet.chaos.environment.NodeStatus;
import dev.trivet.chaos.environment.Shim;
import dev.trivet.chaos.environment.Software;
import dev.trivet.chaos.environment.Waiting;
import dev.trivet.client.TrivetClient;
import dev.trivet.errors.TrivetException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

/**
 * One follower is away, and the disk of the other one fails, or in every second round stands still:
 * a write is then on the leader's disk alone. Nobody may be told that it is done, however often the
 * leader sends it again to who has it in memory; and all serve again once the disks do.
 *
 * <p>{@code LoneDisk ROUNDS FOLDER}. Exit code 0 when every promise was kept, 7 otherwise.
 */
public final class LoneDisk {
  private static final Shim.Trouble FAILS =
      new Shim.Trouble(Set.of(Shim.Kind.SYNC, Shim.Kind.WRITE), Shim.Errno.EIO, 1, Duration.ZERO);
  private static final Shim.Trouble STANDS_STILL =
      new Shim.Trouble(Set.of(Shim.Kind.SYNC), Shim.Errno.NONE, 1, Duration.ofSeconds(30));

  private static final Duration WATCHED = Duration.ofSeconds(9);
  private static final Duration RESEND = Duration.ofSeconds(2);

  /** Long enough for a heartbeat to meet it, and too short for an election. */
  private static final Duration RESETS = Duration.ofMillis(300);

  private static final Duration READY = Duration.ofSeconds(90);
  private static final ByteString KEY = ByteString.copyFromUtf8("lone-disk");

  private final Environment environment;
  private final List<String> broken = new ArrayList<>();

  private LoneDisk(Environment environment) {
    this.environment = environment;
  }

  public static void main(String[] arguments) throws IOException, InterruptedException {
    if (arguments.length != 2) {
      System.err.println("LoneDisk ROUNDS FOLDER");
      System.exit(2);
    }
    Path folder = Files.createDirectories(Path.of(arguments[1]));
    List<String> broken;
    try (Environment environment = Loopback.at(Software.TRIVET, folder, 3, List.of())) {
      String obstacle = environment.obstacle(Set.of(Capability.SHIM));
      if (!obstacle.isEmpty()) {
        System.err.println("no disk can stand still here: " + obstacle);
        System.exit(2);
      }
      environment.startAll();
      broken = new LoneDisk(environment).run(Integer.parseInt(arguments[0]));
    }
    Verdict.end(broken);
  }

  private List<String> run(int rounds) throws IOException, InterruptedException {
    awaitAll();
    for (int round = 1; round <= rounds; round++) {
      Node leader = leader();
      List<Node> others =
          environment.nodes().stream().filter(node -> !node.equals(leader)).toList();
      LocalNode away = others.getFirst().local();
      LocalNode troubled = others.getLast().local();
      away.kill();
      troubled.shim().trouble(round % 2 == 1 ? FAILS : STANDS_STILL);
      long begin = System.nanoTime();
      CompletableFuture<Boolean> put =
          CompletableFuture.supplyAsync(() -> isPut(leader.endpoint(), WATCHED));
      while (!Waiting.comes(RESEND, put::isDone)) {
        sendAgain(leader, troubled, put);
      }
      boolean isAcknowledged = put.join();
      long millis = (System.nanoTime() - begin) / 1_000_000;
      long calls = troubled.shim().counted().bitten();
      troubled.shim().heal();
      System.out.printf(
          "round %d: %s leads, %s is away, %d calls of %s to its disk %s: %s after %d ms%n",
          round,
          leader.name(),
          away.name(),
          calls,
          troubled.name(),
          round % 2 == 1 ? "fail" : "stand still",
          isAcknowledged ? "ACKNOWLEDGED" : "not acknowledged",
          millis);
      if (isAcknowledged) {
        broken.add("round " + round + ": acknowledged while one disk of three had it");
      }
      if (calls == 0) {
        broken.add("round " + round + ": no call to the disk was hit, which proves nothing");
      }
      // Who cannot write its log ends by itself, sooner or later.
      troubled.kill();
      troubled.start();
      away.start();
      awaitAll();
      if (!isPut(leader.endpoint(), READY)) {
        broken.add("round " + round + ": no write is acknowledged once the disks go on");
      }
    }
    return broken;
  }

  /** What was on its way is lost with its connection, and the leader begins again. */
  private void sendAgain(Node leader, Node follower, Future<?> put)
      throws IOException, InterruptedException {
    environment.network().reset(leader, follower);
    environment.network().reset(follower, leader);
    var _ = Waiting.comes(RESETS, put::isDone);
    environment.network().heal();
  }

  private Node leader() throws InterruptedException {
    return Waiting.untilPresent(
        "a node that leads",
        READY,
        () ->
            environment.nodes().stream()
                .filter(
                    node -> NodeStatus.at(node.endpoint()).filter(NodeStatus::leads).isPresent())
                .findFirst());
  }

  private void awaitAll() throws IOException, InterruptedException {
    String failure = new Recovery(environment).await(READY).failure();
    if (!failure.isEmpty()) {
      throw new IllegalStateException("the nodes do not serve: " + failure);
    }
  }

  private static boolean isPut(String endpoint, Duration deadline) {
    try (TrivetClient client =
        TrivetClient.builder(List.of(endpoint)).deadline(deadline).connect()) {
      var _ = client.keys().put(KEY, KEY);
      return true;
    } catch (TrivetException e) {
      System.out.println("  " + e.code() + ": " + e.getMessage());
      return false;
    }
  }
}
