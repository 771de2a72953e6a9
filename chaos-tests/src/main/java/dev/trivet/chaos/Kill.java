package dev.trivet.chaos;

import dev.trivet.local.LocalCluster;
import dev.trivet.local.NodeProcess;
import java.io.IOException;
import java.util.List;
import java.util.random.RandomGenerator;

/** SIGKILL. */
enum Kill implements Fault {
  LEADER,
  FOLLOWER,
  ALL;

  @Override
  public List<NodeProcess> inflict(LocalCluster cluster, RandomGenerator random)
      throws InterruptedException {
    List<NodeProcess> victims = victims(cluster, random);
    for (NodeProcess victim : victims) {
      victim.kill();
    }
    return victims;
  }

  @Override
  public void undo(LocalCluster cluster, List<NodeProcess> victims) throws IOException {
    for (NodeProcess victim : victims) {
      cluster.start(victim);
    }
  }

  private List<NodeProcess> victims(LocalCluster cluster, RandomGenerator random) {
    NodeProcess leader = Leaders.find(cluster);
    return switch (this) {
      case LEADER -> List.of(leader);
      case FOLLOWER -> {
        List<NodeProcess> followers =
            cluster.nodes().stream().filter(node -> node != leader).toList();
        yield List.of(followers.get(random.nextInt(followers.size())));
      }
      case ALL -> cluster.nodes();
    };
  }
}
