package dev.trivet.chaos.fault;

import dev.trivet.chaos.environment.Capability;
import dev.trivet.chaos.environment.LocalNode;
import dev.trivet.chaos.environment.Node;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** Power that fails, disks that vanish and disks that are full. */
final class PowerFaults {
  private static final Set<Capability> NEEDS = Set.of(Capability.PROCESSES, Capability.DISKS);

  private PowerFaults() {}

  static List<FaultKind> kinds() {
    return List.of(
        cut("power-leader", scene -> List.of(scene.leader())),
        cut("power-follower", scene -> List.of(scene.follower())),
        cut("power-all", Scene::nodes),
        FaultKind.of(
            "disk-gone",
            "a running node's disk answers EIO to everything",
            NEEDS,
            PowerFaults::gone),
        FaultKind.of(
            "disk-full-leader",
            "the leader's disk has no room left",
            NEEDS,
            scene -> full(scene.leader().local())),
        FaultKind.of(
            "disk-full-follower",
            "a follower's disk has no room left",
            NEEDS,
            scene -> full(scene.follower().local())));
  }

  private static FaultKind cut(String name, Function<Scene, List<Node>> victims) {
    return FaultKind.of(
        name,
        "the power fails: what was not synced is gone",
        NEEDS,
        scene -> {
          List<LocalNode> chosen = victims.apply(scene).stream().map(Node::local).toList();
          // Stopped first: else a node could acknowledge between its disk's end and its own.
          for (LocalNode victim : chosen) {
            victim.pause();
          }
          for (LocalNode victim : chosen) {
            victim.disk().cut();
            victim.kill();
          }
          return Inflicted.on(chosen, () -> gone(chosen), () -> back(chosen));
        });
  }

  private static Evidence gone(List<LocalNode> victims) {
    boolean areGone = victims.stream().allMatch(victim -> victim.disk().isGone());
    boolean haveEnded = victims.stream().noneMatch(LocalNode::isRunning);
    return new Evidence(
        areGone,
        (areGone ? "disk answers EIO" : "disk is there")
            + (haveEnded ? ", process gone" : ", process still there"));
  }

  private static void back(List<LocalNode> victims) throws IOException, InterruptedException {
    for (LocalNode victim : victims) {
      if (victim.isRunning()) {
        victim.kill();
      }
      victim.disk().back();
      victim.start();
    }
  }

  private static Inflicted gone(Scene scene) throws IOException {
    List<LocalNode> victims = List.of(scene.any().local());
    victims.getFirst().disk().cut();
    return Inflicted.on(victims, () -> gone(victims), () -> back(victims));
  }

  private static Inflicted full(LocalNode victim) throws IOException {
    long left = victim.disk().fill();
    long begin = victim.logBytes();
    return Inflicted.on(
        List.of(victim),
        () -> {
          String said =
              victim.said(begin).stream()
                  .filter(line -> line.contains("space") || line.contains("NOSPACE"))
                  .findFirst()
                  .map(line -> "; it says: " + Traces.shortened(line))
                  .orElse("");
          return new Evidence(
              left < 1 << 20,
              "%d bytes left%s%s".formatted(left, victim.isRunning() ? "" : ", ended", said));
        },
        () -> victim.disk().free());
  }
}
