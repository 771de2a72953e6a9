package dev.trivet.local;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * Nodes n1, n2, ... as processes of this machine, each with a folder of its own below one. Closing
 * ends the processes and leaves the folders.
 */
public final class LocalCluster implements AutoCloseable {
  /** What every JVM of ours is started with; the launcher has the same line. */
  private static final List<String> FLAGS =
      List.of(
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          "-XX:+UseCompactObjectHeaders",
          "-XX:+UseG1GC",
          "-XX:TrimNativeHeapInterval=60000",
          "-Djdk.reflect.useNativeAccessorOnly=true",
          "-XX:G1PeriodicGCInterval=120000",
          "-Xmx256m",
          "-XX:MaxDirectMemorySize=192m");

  private static final String MAIN = "dev.trivet.launch.Main";
  private static final long POLL_MILLIS = 100;

  private final List<NodeProcess> nodes;
  private final List<String> java;

  private LocalCluster(List<NodeProcess> nodes, List<String> java) {
    this.nodes = List.copyOf(nodes);
    this.java = List.copyOf(java);
  }

  /**
   * Nodes on free ports of loopback; starts nothing yet.
   *
   * @param moreFlags of the nodes' JVMs, behind ours
   */
  public static LocalCluster at(Path folder, int size, List<String> moreFlags) {
    FreePorts ports = new FreePorts(new Random());
    List<NodeProcess> nodes = new ArrayList<>();
    for (int i = 1; i <= size; i++) {
      NodeProcess.Addresses addresses =
          new NodeProcess.Addresses(ports.address(), ports.address(), ports.address());
      nodes.add(new NodeProcess("n" + i, folder.resolve("n" + i), addresses, List.of()));
    }
    return new LocalCluster(nodes, java(moreFlags));
  }

  /**
   * Nodes on hosts of their own, network namespaces {@code n1}, {@code n2}, ... with addresses
   * 10.99.0.1, 10.99.0.2, ..., which must be there; starts nothing yet.
   *
   * @param moreFlags of the nodes' JVMs, behind ours
   */
  public static LocalCluster onHosts(Path folder, int size, List<String> moreFlags) {
    List<NodeProcess> nodes = new ArrayList<>();
    for (int i = 1; i <= size; i++) {
      String host = "10.99.0." + i;
      NodeProcess.Addresses addresses =
          new NodeProcess.Addresses(host + ":2380", host + ":2381", host + ":2379");
      List<String> prefix = List.of("ip", "netns", "exec", "n" + i);
      nodes.add(new NodeProcess("n" + i, folder.resolve("n" + i), addresses, prefix));
    }
    return new LocalCluster(nodes, java(moreFlags));
  }

  /** Nodes that a test has made; starts nothing yet. */
  static LocalCluster of(List<NodeProcess> nodes) {
    return of(nodes, List.of("-XX:TieredStopAtLevel=1"));
  }

  /**
   * Nodes whose places, ports and prefixes the caller has chosen; starts nothing yet.
   *
   * @param moreFlags of the nodes' JVMs, behind ours
   */
  public static LocalCluster of(List<NodeProcess> nodes, List<String> moreFlags) {
    return new LocalCluster(nodes, java(moreFlags));
  }

  private static List<String> java(List<String> moreFlags) {
    List<String> java = new ArrayList<>();
    java.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    java.addAll(FLAGS);
    String cache = System.getProperty("trivet.cache", "");
    if (!cache.isEmpty()) {
      java.add("-XX:AOTCache=" + cache);
    }
    java.addAll(moreFlags);
    java.addAll(List.of("-cp", System.getProperty("java.class.path")));
    return java;
  }

  public List<NodeProcess> nodes() {
    return nodes;
  }

  /** Client addresses of all nodes, host:port. */
  public List<String> endpoints() {
    return nodes.stream().map(NodeProcess::endpoint).toList();
  }

  /** The node whose client address this is. */
  public NodeProcess at(String endpoint) {
    return nodes.stream()
        .filter(node -> node.endpoint().equals(endpoint))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no node is at " + endpoint));
  }

  /** What a process of the distribution begins with, up to the main class; a command follows. */
  public List<String> java() {
    return javaFor(MAIN);
  }

  /** The same for another main class on this process's class path. */
  public List<String> javaFor(String mainClass) {
    List<String> command = new ArrayList<>(java);
    command.add(mainClass);
    return command;
  }

  public void startAll() throws IOException {
    for (NodeProcess node : nodes) {
      start(node);
    }
  }

  public void start(NodeProcess node) throws IOException {
    start(node, List.of(), List.of());
  }

  /**
   * Starts a node otherwise than the others, this once.
   *
   * @param moreFlags of its JVM, behind all others
   * @param moreOptions of {@code serve}, behind ours
   */
  public void start(NodeProcess node, List<String> moreFlags, List<String> moreOptions)
      throws IOException {
    List<String> command = new ArrayList<>(java);
    command.addAll(moreFlags);
    command.add(MAIN);
    String initial = nodes.stream().map(NodeProcess::founder).collect(Collectors.joining(","));
    node.start(command, initial, moreOptions);
  }

  /**
   * Waits until every node can do a linearizable read.
   *
   * @throws IllegalStateException when one has ended or is not ready in time; its log says why
   */
  public void awaitReady(Duration limit) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    for (NodeProcess node : nodes) {
      while (!node.isReady()) {
        if (!node.isRunning()) {
          throw new IllegalStateException(node.name() + " has ended: " + node.logFile());
        }
        if (System.nanoTime() > end) {
          throw new IllegalStateException(
              node.name() + " is not ready after " + limit.toSeconds() + " s: " + node.logFile());
        }
        Thread.sleep(POLL_MILLIS);
      }
    }
  }

  @Override
  public void close() {
    for (NodeProcess node : nodes) {
      if (node.isRunning()) {
        try {
          node.kill();
        } catch (InterruptedException _) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }
}
