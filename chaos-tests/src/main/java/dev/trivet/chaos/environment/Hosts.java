package dev.trivet.chaos.environment;

import dev.trivet.local.LocalCluster;
import dev.trivet.local.NodeProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Each node on a host of its own: a network namespace {@code n1}, {@code n2}, ... on one switch,
 * which {@code faults/net run} made around this process, and a disk that is an XFS in a file. The
 * nodes know each other by name; who a name belongs to is in a file, so that a host can get another
 * address.
 */
public final class Hosts implements Environment {
  private static final int RAFT = 2380;
  private static final int PEER = 2381;
  private static final int CLIENT = 2379;

  private final Map<Capability, String> lacking = new EnumMap<>(Capability.class);
  private final List<LocalNode> nodes = new ArrayList<>();
  private final List<Disk> disks = new ArrayList<>();
  private final LocalCluster cluster;
  private final HostNetwork network;

  private Hosts(Software software, Path folder, Path programs, int size, List<String> flags)
      throws IOException {
    Path names = folder.toAbsolutePath().resolve("hosts");
    network = new HostNetwork(names, size);
    network.writeNames();
    lacking.putAll(software.lacking());
    String shimless = lacking.getOrDefault(Capability.SHIM, Programs.missing("gcc"));
    Path library = shimless.isEmpty() ? Shim.compile(folder) : folder;
    String diskless = Programs.missing("mkfs.xfs", "xfs_io", "losetup");
    List<NodeProcess> processes = new ArrayList<>();
    List<Shim> shims = new ArrayList<>();
    for (int i = 1; i <= size; i++) {
      String name = "n" + i;
      Path own = folder.toAbsolutePath().resolve(name);
      List<String> prefix = new ArrayList<>(List.of("nsenter", "--net=/run/netns/" + name));
      if (shimless.isEmpty()) {
        Shim shim = Shim.of(library, own);
        shims.add(shim);
        prefix.addAll(shim.prefix());
      }
      if (diskless.isEmpty()) {
        Disk disk = new Disk(programs.resolve("disk"), own);
        disk.make();
        disks.add(disk);
      }
      processes.add(
          new NodeProcess(
              name,
              own,
              new NodeProcess.Addresses(name + ":" + RAFT, name + ":" + PEER, name + ":" + CLIENT),
              prefix));
    }
    List<String> all = new ArrayList<>(List.of("-Djdk.net.hosts.file=" + names));
    all.addAll(flags);
    cluster = LocalCluster.of(processes, all);
    List<Etcd.Site> sites = processes.stream().map(NodeProcess::name).map(this::site).toList();
    for (int i = 0; i < size; i++) {
      Etcd.Site site = sites.get(i);
      nodes.add(
          new LocalNode(
              software,
              switch (software) {
                case TRIVET -> (process, more) -> cluster.start(process, more, List.of());
                case ETCD ->
                    (process, _) -> process.start(Etcd.command(site, sites, process.folder()));
              },
              processes.get(i),
              shims.isEmpty() ? null : shims.get(i),
              disks.isEmpty() ? null : disks.get(i)));
    }
    note(Capability.SHIM, shimless);
    note(Capability.DISKS, diskless);
    note(Capability.DELAY, network.delayObstacle());
    note(Capability.CONTROL_GROUPS, ControlGroup.obstacle());
    note(Capability.DISCONNECTS, "hosts are cut off packet by packet");
  }

  private Etcd.Site site(String name) {
    String address = network.address(name);
    return new Etcd.Site(name, address, address, RAFT, CLIENT);
  }

  private void note(Capability capability, String obstacle) {
    if (!obstacle.isEmpty()) {
      lacking.put(capability, obstacle);
    }
  }

  /**
   * Starts nothing yet.
   *
   * @param programs the folder of {@code net} and {@code disk}
   * @param flags of the nodes' JVMs, behind ours
   */
  public static Hosts at(
      Software software, Path folder, Path programs, int size, List<String> flags)
      throws IOException {
    return new Hosts(software, Files.createDirectories(folder), programs, size, flags);
  }

  /** Why there can be no hosts on this machine; empty if there can. */
  public static String obstacle() throws IOException {
    return Programs.isRoot()
        ? Programs.missing("ip", "iptables", "tc", "nsenter", "unshare")
        : "network namespaces need root";
  }

  @Override
  public String name() {
    return "hosts";
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
  public HostNetwork network() {
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
    // A process that stands still does not end when it is killed politely; this is SIGKILL.
    cluster.close();
    for (Disk disk : disks) {
      disk.remove();
    }
  }
}
