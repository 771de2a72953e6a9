package dev.trivet.chaos.fault;

import dev.trivet.chaos.environment.Environment;
import dev.trivet.chaos.environment.LocalNode;
import dev.trivet.chaos.environment.Network;
import dev.trivet.chaos.environment.Node;
import dev.trivet.chaos.environment.NodeStatus;
import dev.trivet.proto.etcd.StatusResponse;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * Where a fault is inflicted: the nodes, who leads them, and the choice of victims by a seed. The
 * same seed chooses the same ones among the same roles; who has which role is the cluster's affair.
 */
public final class Scene {
  private final Environment environment;
  private final Random random;

  public Scene(Environment environment, long seed) {
    this.environment = environment;
    this.random = new Random(seed);
  }

  Environment environment() {
    return environment;
  }

  Network network() {
    return environment.network();
  }

  Random random() {
    return random;
  }

  List<Node> nodes() {
    return environment.nodes();
  }

  List<LocalNode> locals() {
    return nodes().stream().map(Node::local).toList();
  }

  /** The node that says of itself that it leads; the first one when none does. */
  Node leader() {
    return nodes().stream().filter(Scene::leads).findFirst().orElse(nodes().getFirst());
  }

  /** Any that does not lead. */
  Node follower() {
    return pick(others(leader()));
  }

  List<Node> others(Node node) {
    return nodes().stream().filter(other -> !other.equals(node)).toList();
  }

  /** Any, whatever its role. */
  Node any() {
    return pick(nodes());
  }

  List<Node> shuffled() {
    List<Node> shuffled = new ArrayList<>(nodes());
    Collections.shuffle(shuffled, random);
    return shuffled;
  }

  <T> T pick(List<T> among) {
    return among.get(random.nextInt(among.size()));
  }

  /** The highest term that a node tells of; 0 when none answers. */
  long term() {
    return nodes().stream()
        .flatMap(node -> status(node).stream())
        .mapToLong(StatusResponse::getRaftTerm)
        .max()
        .orElse(0);
  }

  private static boolean leads(Node node) {
    return status(node).filter(NodeStatus::leads).isPresent();
  }

  /** What a node says of itself; empty when it does not answer. */
  static Optional<StatusResponse> status(Node node) {
    if (!node.isRunning()) {
      return Optional.empty();
    }
    return NodeStatus.at(node.endpoint());
  }
}
