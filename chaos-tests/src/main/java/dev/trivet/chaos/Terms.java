package dev.trivet.chaos;

import dev.trivet.local.LocalCluster;
import dev.trivet.local.NodeProcess;
import dev.trivet.proto.etcd.StatusResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What nodes say of terms: a node's term never goes back, though its power be cut, and a term has
 * one leader. Both follow from votes and terms being on disk before they are answered for.
 */
final class Terms {
  private final Map<String, Long> known = new HashMap<>();
  private final Map<Long, Long> leaders = new HashMap<>();
  private final List<String> broken = new ArrayList<>();

  /** Asks all nodes that run. */
  void observe(LocalCluster cluster) {
    for (NodeProcess node : cluster.nodes()) {
      Leaders.status(node).ifPresent(status -> note(node, status));
    }
  }

  List<String> broken() {
    return List.copyOf(broken);
  }

  private void note(NodeProcess node, StatusResponse status) {
    long term = status.getRaftTerm();
    Long before = known.put(node.name(), term);
    if (before != null && before > term) {
      broken.add(node.name() + " went back from term " + before + " to " + term);
    }
    if (status.getLeader() != 0) {
      Long other = leaders.putIfAbsent(term, status.getLeader());
      if (other != null && other != status.getLeader()) {
        broken.add("term %d has leaders %x and %x".formatted(term, other, status.getLeader()));
      }
    }
  }
}
