package dev.trivet.chaos;

import dev.trivet.local.LocalCluster;
import dev.trivet.local.NodeProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * All nodes lose their power at once: each disk forgets what was not synced. The nodes' folders are
 * disks of their own, which {@code chaos-tests/faults/disk} makes and cuts.
 */
final class PowerCut implements Fault {
  private final Path disk;

  /**
   * @param disk the program
   */
  PowerCut(Path disk) {
    this.disk = disk;
  }

  /** To be called before the nodes start for the first time. */
  void makeDisks(LocalCluster cluster) throws IOException, InterruptedException {
    for (NodeProcess node : cluster.nodes()) {
      run("make", node);
    }
  }

  void removeDisks(LocalCluster cluster) throws IOException, InterruptedException {
    for (NodeProcess node : cluster.nodes()) {
      run("remove", node);
    }
  }

  @Override
  public List<NodeProcess> inflict(LocalCluster cluster, RandomGenerator random)
      throws IOException, InterruptedException {
    // Frozen first: else a node could acknowledge between its disk's end and its own.
    for (NodeProcess node : cluster.nodes()) {
      node.pause();
    }
    for (NodeProcess node : cluster.nodes()) {
      run("cut", node);
      node.kill();
    }
    return cluster.nodes();
  }

  @Override
  public void undo(LocalCluster cluster, List<NodeProcess> victims)
      throws IOException, InterruptedException {
    for (NodeProcess victim : victims) {
      run("back", victim);
      cluster.start(victim);
    }
  }

  @Override
  public String name() {
    return "POWER_CUT";
  }

  private void run(String command, NodeProcess node) throws IOException, InterruptedException {
    int code =
        new ProcessBuilder(disk.toString(), command, node.folder().toString())
            .inheritIO()
            .start()
            .waitFor();
    if (code != 0) {
      throw new IOException(disk + " " + command + " " + node.folder() + " ended with " + code);
    }
  }
}
