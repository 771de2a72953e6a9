package dev.trivet.chaos.environment;

import dev.trivet.local.LocalCluster;
import dev.trivet.local.NodeProcess;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Plain processes on loopback, for whom no rights are needed. Node {@code i} is known as {@code
 * 127.0.1.i} and listens at {@code 127.0.2.i}; between the two is a proxy of ours, which knows by
 * the kernel's table of connections who has connected.
 */
public final class Loopback implements Environment {
  private static final String KNOWN = "127.0.1.";
  private static final String OWN = "127.0.2.";

  /** Below the range of ports of outgoing connections. */
  private static final int LOWEST_PORT = 20_000;

  private static final int HIGHEST_PORT = 32_000;
  private static final int PORTS = 3;

  private static final String NEEDS_ROOT =
      "without root there is no network and no disk of its own";

  private final Map<Capability, String> lacking = new EnumMap<>(Capability.class);
  private final List<LocalNode> nodes = new ArrayList<>();
  private final LocalCluster cluster;
  private final ProxyNetwork network;

  private Loopback(Software software, Path folder, int size) throws IOException {
    lacking.putAll(software.lacking());
    String shimless = lacking.getOrDefault(Capability.SHIM, Programs.missing("gcc"));
    Path library = shimless.isEmpty() ? Shim.compile(folder) : folder;
    int first = firstOfFreePorts();
    List<NodeProcess> processes = new ArrayList<>();
    List<Shim> shims = new ArrayList<>();
    for (int i = 1; i <= size; i++) {
      Path own = folder.toAbsolutePath().resolve("n" + i);
      List<String> prefix = new ArrayList<>();
      if (shimless.isEmpty()) {
        Shim shim = Shim.of(library, own);
        shims.add(shim);
        prefix.addAll(shim.prefix());
      }
      String host = KNOWN + i;
      processes.add(
          new NodeProcess(
              "n" + i,
              own,
              new NodeProcess.Addresses(
                  host + ":" + (first + 1), host + ":" + (first + 2), host + ":" + first),
              prefix));
    }
    cluster = LocalCluster.of(processes, List.of());
    List<Etcd.Site> sites =
        IntStream.rangeClosed(1, size)
            .mapToObj(i -> new Etcd.Site("n" + i, KNOWN + i, OWN + i, first + 1, first))
            .toList();
    for (int i = 0; i < size; i++) {
      Etcd.Site site = sites.get(i);
      nodes.add(
          new LocalNode(
              software,
              switch (software) {
                case TRIVET ->
                    (process, flags) ->
                        cluster.start(process, flags, List.of("--bind", site.own()));
                case ETCD ->
                    (process, _) -> process.start(Etcd.command(site, sites, process.folder()));
              },
              processes.get(i),
              shims.isEmpty() ? null : shims.get(i),
              null));
    }
    network = new ProxyNetwork(List.copyOf(nodes));
    for (int i = 1; i <= size; i++) {
      for (int port = first; port < first + PORTS; port++) {
        network.listen(nodes.get(i - 1), KNOWN + i, OWN + i, port);
      }
    }
    if (!shimless.isEmpty()) {
      lacking.put(Capability.SHIM, shimless);
    }
    lacking.put(Capability.DISCONNECTS, NEEDS_ROOT);
    lacking.put(Capability.LOSS, "the proxy sees streams, not packets");
    lacking.put(Capability.ADDRESSES, NEEDS_ROOT);
    lacking.put(Capability.DISKS, NEEDS_ROOT);
    String groupless = ControlGroup.obstacle();
    if (!groupless.isEmpty()) {
      lacking.put(Capability.CONTROL_GROUPS, groupless);
    }
  }

  /** Of as many as a node has. Another run on this machine has the same addresses. */
  private static int firstOfFreePorts() throws IOException {
    Random random = new Random();
    while (true) {
      int first = random.nextInt(LOWEST_PORT, HIGHEST_PORT);
      boolean areFree = true;
      for (int port = first; port < first + PORTS; port++) {
        areFree &= isFree(port);
      }
      if (areFree) {
        return first;
      }
    }
  }

  private static boolean isFree(int port) throws IOException {
    try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getByName(KNOWN + 1))) {
      return probe.isBound();
    } catch (BindException _) {
      return false;
    }
  }

  /** Starts nothing yet. */
  public static Loopback at(Software software, Path folder, int size) throws IOException {
    return new Loopback(software, Files.createDirectories(folder), size);
  }

  @Override
  public String name() {
    return "loopback";
  }

  @Override
  public Map<Capability, String> lacking() {
    return Map.copyOf(lacking);
  }

  @Override
  public List<Node> nodes() {
    return List.copyOf(nodes);
  }

  @Override
  public Network network() {
    return network;
  }

  @Override
  public void startAll() throws IOException {
    for (LocalNode node : nodes) {
      node.start();
    }
  }

  @Override
  public void close() throws IOException {
    cluster.close();
    network.close();
  }
}
