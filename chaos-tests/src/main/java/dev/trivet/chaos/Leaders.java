package dev.trivet.chaos;

import dev.trivet.chaos.environment.NodeStatus;
import dev.trivet.local.LocalCluster;
import dev.trivet.local.NodeProcess;
import dev.trivet.proto.etcd.StatusResponse;
import java.util.Optional;

/** Which process leads, as the nodes say by etcd's API. */
final class Leaders {
  private Leaders() {}

  /** The node that says of itself that it leads; the first node when none does. */
  static NodeProcess find(LocalCluster cluster) {
    return cluster.nodes().stream()
        .filter(node -> status(node).filter(NodeStatus::leads).isPresent())
        .findFirst()
        .orElse(cluster.nodes().getFirst());
  }

  /** What a node says of itself; empty when it does not answer. */
  static Optional<StatusResponse> status(NodeProcess node) {
    if (!node.isRunning()) {
      return Optional.empty();
    }
    return NodeStatus.at(node.endpoint());
  }
}
