package dev.trivet.chaos.environment;

import dev.trivet.local.FreePorts;
import dev.trivet.local.LocalCluster;
import dev.trivet.local.NodeProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Nodes on free ports of loopback with nothing in between, each with a shim. Closing ends the
 * processes and leaves the folders.
 */
public final class Plain implements AutoCloseable {
  private final LocalCluster cluster;
  private final List<LocalNode> nodes;

  private Plain(LocalCluster cluster, List<LocalNode> nodes) {
    this.cluster = cluster;
    this.nodes = List.copyOf(nodes);
  }

  /**
   * Starts nothing yet.
   *
   * @param flags of the nodes' JVMs, behind ours
   * @throws IllegalStateException when there is no compiler for the shim
   */
  public static Plain at(Path folder, int size, List<String> flags) throws IOException {
    String shimless = Programs.missing("gcc");
    if (!shimless.isEmpty()) {
      throw new IllegalStateException("no call can be made to fail: " + shimless);
    }
    Path library = Shim.compile(Files.createDirectories(folder));
    FreePorts ports = new FreePorts(new Random());
    List<NodeProcess> processes = new ArrayList<>();
    List<Shim> shims = new ArrayList<>();
    for (int i = 1; i <= size; i++) {
      Path own = folder.toAbsolutePath().resolve("n" + i);
      Shim shim = Shim.of(library, own);
      shims.add(shim);
      processes.add(
          new NodeProcess(
              "n" + i,
              own,
              new NodeProcess.Addresses(ports.address(), ports.address(), ports.address()),
              shim.prefix()));
    }
    LocalCluster cluster = LocalCluster.of(processes, flags);
    List<LocalNode> nodes = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      nodes.add(
          new LocalNode(
              Software.TRIVET,
              (process, more) -> cluster.start(process, more, List.of()),
              processes.get(i),
              shims.get(i),
              null));
    }
    return new Plain(cluster, nodes);
  }

  public List<LocalNode> nodes() {
    return nodes;
  }

  @Override
  public void close() {
    cluster.close();
  }
}
