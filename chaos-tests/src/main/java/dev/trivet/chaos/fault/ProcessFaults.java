package dev.trivet.chaos.fault;

import dev.trivet.chaos.environment.Capability;
import dev.trivet.chaos.environment.LocalNode;
import dev.trivet.chaos.environment.Network;
import dev.trivet.chaos.environment.Node;
import dev.trivet.chaos.environment.Waiting;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** Processes that end, and processes that stand still. */
final class ProcessFaults {
  /** Beyond the time after which Ratis gives a group up: it takes a minute's pause for death. */
  private static final Duration BEYOND = Duration.ofSeconds(66);

  private static final Duration READY = Duration.ofMinutes(1);
  private static final int CRASHES = 4;
  private static final long CRASH_MILLIS = 1_500;

  /** So long one that goes on does not hear the others yet. */
  private static final long ALONE_MILLIS = 1_000;

  private ProcessFaults() {}

  static List<FaultKind> kinds() {
    return List.of(
        kill("kill-leader", scene -> List.of(scene.leader())),
        kill("kill-follower", scene -> List.of(scene.follower())),
        kill("kill-majority", scene -> scene.others(scene.any())),
        kill("kill-all", Scene::nodes),
        pause("pause-leader", scene -> List.of(scene.leader())),
        pause("pause-follower", scene -> List.of(scene.follower())),
        pause("pause-all", Scene::nodes),
        pause("pause-leader-long", scene -> List.of(scene.leader())).lasting(BEYOND),
        pause("pause-all-long", Scene::nodes).lasting(BEYOND).onlyWhenNamed(),
        FaultKind.of(
            "pause-cut-leader",
            "the leader is cut off and stands still, and goes on before it hears the others again",
            Set.of(Capability.PAUSES, Capability.PARTITIONS),
            ProcessFaults::pauseCutOff),
        FaultKind.of(
            "crash-loop",
            "SIGKILL of a node again and again, soon after its start",
            ProcessFaults::crashLoop),
        FaultKind.of(
            "rolling-restart",
            "SIGTERM of each node in turn, the next when it is back",
            ProcessFaults::rollingRestart));
  }

  private static FaultKind kill(String name, Function<Scene, List<Node>> victims) {
    return FaultKind.of(
        name,
        "SIGKILL",
        // That of an existing cluster is a command.
        Set.of(),
        scene -> {
          long term = scene.term();
          List<Node> chosen = victims.apply(scene);
          for (Node victim : chosen) {
            victim.kill();
          }
          return Inflicted.on(
                  chosen,
                  () -> {
                    boolean areGone = chosen.stream().noneMatch(Node::isRunning);
                    return new Evidence(areGone, areGone ? "process gone" : "process still there");
                  },
                  () -> startAll(chosen))
              .thenLook(() -> new Evidence(false, "term " + term + " -> " + scene.term()));
        });
  }

  private static void startAll(List<? extends Node> nodes) throws IOException {
    for (Node node : nodes) {
      if (!node.isRunning()) {
        node.start();
      }
    }
  }

  private static FaultKind pause(String name, Function<Scene, List<Node>> victims) {
    return FaultKind.of(
        name,
        "SIGSTOP, then SIGCONT",
        Set.of(Capability.PAUSES),
        scene -> {
          long term = scene.term();
          List<Node> chosen = victims.apply(scene);
          for (Node victim : chosen) {
            victim.pause();
          }
          return Inflicted.on(
                  chosen,
                  () -> {
                    boolean areStill = true;
                    List<String> shows = new ArrayList<>();
                    for (Node victim : chosen) {
                      Node.Standstill standstill = victim.standstill();
                      areStill &= standstill.isThere();
                      shows.add(standstill.how());
                    }
                    return new Evidence(areStill, String.join(", ", shows));
                  },
                  () -> {
                    for (Node victim : chosen) {
                      victim.resume();
                    }
                  })
              .thenLook(() -> new Evidence(false, "term " + term + " -> " + scene.term()));
        });
  }

  /**
   * It believes to lead when it goes on, and clients that reach it have asked meanwhile; of its
   * successor it cannot know. Others that stood still are told before they look at anything else.
   */
  private static Inflicted pauseCutOff(Scene scene) throws IOException, InterruptedException {
    Node leader = scene.leader();
    Network network = scene.network();
    // First, for that is what an environment may be unable to do: then nothing is to be undone.
    leader.pause();
    for (Node other : scene.others(leader)) {
      network.cut(leader, other);
      network.cut(other, leader);
    }
    return Inflicted.on(
        List.of(leader),
        () -> {
          Node.Standstill standstill = leader.standstill();
          Network.Touched touched = network.touched();
          return new Evidence(
              standstill.isThere() && touched.count() > 0,
              standstill.how() + ", " + touched.what());
        },
        () -> {
          try {
            leader.resume();
            Thread.sleep(ALONE_MILLIS);
          } finally {
            network.heal();
          }
        });
  }

  private static Inflicted crashLoop(Scene scene) throws IOException, InterruptedException {
    LocalNode victim = scene.any().local();
    List<Long> pids = new ArrayList<>();
    for (int i = 0; i < CRASHES; i++) {
      pids.add(victim.pid());
      victim.kill();
      victim.start();
      Thread.sleep(scene.random().nextLong(CRASH_MILLIS));
    }
    return Inflicted.on(
        List.of(victim),
        () -> new Evidence(true, "processes " + pids + " gone, now " + victim.pid()),
        () -> {});
  }

  private static Inflicted rollingRestart(Scene scene) throws IOException, InterruptedException {
    List<String> ends = new ArrayList<>();
    for (Node node : scene.shuffled()) {
      ends.add(node.name() + " ended with " + node.local().stop());
      node.start();
      if (!Waiting.comes(READY, node::isReady)) {
        ends.add(node.name() + " is not back");
      }
    }
    return Inflicted.on(scene.nodes(), () -> new Evidence(true, String.join(", ", ends)), () -> {});
  }
}
