package dev.trivet.chaos.fault;

import dev.trivet.chaos.environment.Capability;
import dev.trivet.chaos.environment.HostNetwork;
import dev.trivet.chaos.environment.LocalNode;
import dev.trivet.chaos.environment.Network;
import dev.trivet.chaos.environment.Node;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Networks that lose, delay, refuse and mislead. */
final class NetworkFaults {
  private static final Set<Capability> CUTS = Set.of(Capability.PARTITIONS);
  private static final Set<Capability> GONE = Set.of(Capability.DISCONNECTS);
  private static final Duration LONG = Duration.ofSeconds(8);
  private static final Duration WAN = Duration.ofMillis(80);
  private static final double LOSS = 0.15;
  private static final long SLOW_BYTES = 64 << 10;
  private static final long FLAP_MILLIS = 700;

  private NetworkFaults() {}

  static List<FaultKind> kinds() {
    return List.of(
        network("isolate-leader", "the leader and the others do not hear each other", CUTS)
            .with((scene, network) -> isolate(scene, network, scene.leader()))
            .lasting(LONG),
        network("isolate-follower", "a follower and the others do not hear each other", CUTS)
            .with((scene, network) -> isolate(scene, network, scene.follower())),
        network("split-all", "no node hears another: there is no majority", CUTS)
            .with(NetworkFaults::splitAll),
        network("leader-mute", "nobody hears the leader, it hears all", CUTS)
            .with((scene, network) -> mute(scene, network, scene.leader()))
            .lasting(LONG),
        network("leader-deaf", "the leader hears nobody, all hear it", CUTS)
            .with((scene, network) -> deafen(scene, network, scene.leader()))
            .lasting(LONG),
        network("bridge", "the leader and a follower are cut, the third hears both", CUTS)
            .with(NetworkFaults::bridge)
            .lasting(LONG),
        network("disconnect-leader", "the leader loses the nodes' network, and its address", GONE)
            .with((scene, network) -> disconnect(network, scene.leader()))
            .lasting(LONG),
        network("disconnect-follower", "a follower loses it", GONE)
            .with((scene, network) -> disconnect(network, scene.follower())),
        FaultKind.of(
                "flapping",
                "the leader is cut off and back, again and again",
                CUTS,
                NetworkFaults::flap)
            .lasting(LONG),
        network("loss", "one packet in seven is lost", Set.of(Capability.LOSS))
            .with((scene, network) -> each(scene, (from, to) -> network.lose(from, to, LOSS)))
            .lasting(LONG),
        network("resets", "all connections between nodes are reset", Set.of(Capability.RESETS))
            .with((scene, network) -> each(scene, network::reset)),
        network("wan", "80 to 120 ms in each direction", Set.of(Capability.DELAY))
            .with((scene, network) -> each(scene, (from, to) -> network.delay(from, to, WAN)))
            .lasting(LONG),
        network("slow-network", "each node sends 64 KiB a second", Set.of(Capability.RATE))
            .with(NetworkFaults::slow)
            .lasting(LONG),
        FaultKind.of(
            "address-change",
            "a node comes back with another address under its name",
            Set.of(Capability.ADDRESSES),
            NetworkFaults::move));
  }

  /** Rules for some of the nodes, all of which are undone together. */
  @FunctionalInterface
  private interface Rules {
    /** Returns whom they concern. */
    List<Node> make(Scene scene, Network network) throws IOException;
  }

  private record Draft(String name, String what, Set<Capability> needs) {
    FaultKind with(Rules rules) {
      return FaultKind.of(
          name,
          what,
          needs,
          scene -> {
            Network network = scene.network();
            List<Node> victims = rules.make(scene, network);
            return Inflicted.on(victims, () -> touched(network), network::heal);
          });
    }
  }

  private static Draft network(String name, String what, Set<Capability> needs) {
    return new Draft(name, what, needs);
  }

  private static Evidence touched(Network network) throws IOException {
    Network.Touched touched = network.touched();
    return new Evidence(touched.count() > 0, touched.what());
  }

  private static List<Node> isolate(Scene scene, Network network, Node node) throws IOException {
    var _ = mute(scene, network, node);
    return deafen(scene, network, node);
  }

  private static List<Node> disconnect(Network network, Node node) throws IOException {
    network.disconnect(node);
    return List.of(node);
  }

  private static List<Node> mute(Scene scene, Network network, Node node) throws IOException {
    for (Node other : scene.others(node)) {
      network.cut(node, other);
    }
    return List.of(node);
  }

  private static List<Node> deafen(Scene scene, Network network, Node node) throws IOException {
    for (Node other : scene.others(node)) {
      network.cut(other, node);
    }
    return List.of(node);
  }

  private static List<Node> splitAll(Scene scene, Network network) throws IOException {
    return each(scene, network::cut);
  }

  private static List<Node> bridge(Scene scene, Network network) throws IOException {
    Node leader = scene.leader();
    Node other = scene.pick(scene.others(leader));
    network.cut(leader, other);
    network.cut(other, leader);
    return List.of(leader, other);
  }

  private static List<Node> slow(Scene scene, Network network) throws IOException {
    for (Node node : scene.nodes()) {
      network.limit(node, SLOW_BYTES);
    }
    return scene.nodes();
  }

  /** One way between two nodes. */
  @FunctionalInterface
  private interface Way {
    void rule(Node from, Node to) throws IOException;
  }

  private static List<Node> each(Scene scene, Way way) throws IOException {
    for (Node from : scene.nodes()) {
      for (Node to : scene.others(from)) {
        way.rule(from, to);
      }
    }
    return scene.nodes();
  }

  private static Inflicted flap(Scene scene) {
    Network network = scene.network();
    Node leader = scene.leader();
    CompletableFuture<Void> enough = new CompletableFuture<>();
    CompletableFuture<Evidence> end = new CompletableFuture<>();
    var _ = Thread.ofVirtual().name("flapping").start(() -> flapUntil(scene, leader, enough, end));
    return Inflicted.on(
        List.of(leader),
        () -> {
          enough.complete(null);
          try {
            return end.get();
          } catch (ExecutionException e) {
            throw new IOException("the flapping failed", e);
          }
        },
        () -> {
          enough.complete(null);
          // It heals as it ends; only then is nothing cut any more.
          var _ = end.handle((evidence, failure) -> failure == null).join();
          network.heal();
        });
  }

  private static void flapUntil(
      Scene scene, Node leader, CompletableFuture<Void> enough, CompletableFuture<Evidence> end) {
    Network network = scene.network();
    long dropped = 0;
    int cuts = 0;
    try {
      while (!enough.isDone()) {
        var _ = isolate(scene, network, leader);
        cuts++;
        Thread.sleep(FLAP_MILLIS);
        dropped += network.touched().count();
        network.heal();
        Thread.sleep(FLAP_MILLIS);
      }
      end.complete(
          new Evidence(dropped > 0, "%d cuts, %d packets stopped".formatted(cuts, dropped)));
    } catch (IOException | InterruptedException e) {
      end.completeExceptionally(e);
    }
  }

  private static Inflicted move(Scene scene) throws IOException, InterruptedException {
    LocalNode victim = scene.any().local();
    if (!(scene.network() instanceof HostNetwork hosts)) {
      throw new IllegalStateException("addresses can be changed on hosts only");
    }
    String before = hosts.address(victim);
    victim.kill();
    String after = hosts.move(victim);
    victim.start();
    return Inflicted.on(
        List.of(victim),
        () -> new Evidence(!before.equals(after), before + " -> " + after),
        () -> {});
  }
}
