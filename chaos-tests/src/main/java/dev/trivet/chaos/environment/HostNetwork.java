package dev.trivet.chaos.environment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The switch between the hosts of {@link Hosts}. What a host does not hear is dropped where it
 * would arrive, by iptables; how fast it sends is a queue of the kernel at its card.
 */
public final class HostNetwork implements Network {
  private static final String NET = "10.99.0.";
  private static final String CARD = "eth0";

  private final Path names;
  private final Map<String, String> addresses = new LinkedHashMap<>();
  private final Map<String, String> shaped = new LinkedHashMap<>();

  HostNetwork(Path names, int size) {
    this.names = names;
    for (int i = 1; i <= size; i++) {
      addresses.put("n" + i, NET + i);
    }
  }

  /** Whole or not at all: nodes read it at any time. */
  void writeNames() throws IOException {
    List<String> lines = new ArrayList<>();
    addresses.forEach((name, address) -> lines.add(address + " " + name));
    lines.add("127.0.0.1 localhost");
    Path draft = names.resolveSibling("hosts.new");
    Files.write(draft, lines);
    Files.move(draft, names, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Why nothing can be made late here; empty if it can. */
  String delayObstacle() throws IOException {
    Programs.Ended tried =
        Programs.attempt(
            in("n1", "tc", "qdisc", "add", "dev", CARD, "root", "netem", "delay", "1ms"));
    if (tried.code() != 0) {
      return "the kernel has no netem (" + tried.said().lines().findFirst().orElse("") + ")";
    }
    var _ = Programs.run(in("n1", "tc", "qdisc", "del", "dev", CARD, "root"));
    return "";
  }

  @Override
  public void cut(Node from, Node to) throws IOException {
    rule(from, to, "-j", "DROP");
  }

  @Override
  public void reset(Node from, Node to) throws IOException {
    rule(from, to, "-p", "tcp", "-j", "REJECT", "--reject-with", "tcp-reset");
  }

  @Override
  public void disconnect(Node node) {
    throw new IllegalStateException("hosts are cut off packet by packet");
  }

  @Override
  public void lose(Node from, Node to, double share) throws IOException {
    rule(
        from,
        to,
        "-m",
        "statistic",
        "--mode",
        "random",
        "--probability",
        Double.toString(share),
        "-j",
        "DROP");
  }

  @Override
  public void delay(Node from, Node to, Duration late) throws IOException {
    shape(from, "netem", "delay", late.toMillis() + "ms", late.toMillis() / 2 + "ms");
  }

  @Override
  public void limit(Node from, long bytesPerSecond) throws IOException {
    shape(from, "tbf", "rate", bytesPerSecond * 8 + "bit", "burst", "32kb", "latency", "500ms");
  }

  private void shape(Node from, String... queue) throws IOException {
    List<String> command = new ArrayList<>(List.of("tc", "qdisc", "replace", "dev", CARD, "root"));
    command.addAll(List.of(queue));
    var _ = Programs.run(in(from.name(), command.toArray(String[]::new)));
    shaped.put(from.name(), queue[0]);
  }

  private void rule(Node from, Node to, String... target) throws IOException {
    List<String> command =
        new ArrayList<>(List.of("iptables", "-w", "-A", "INPUT", "-s", address(from)));
    command.addAll(List.of(target));
    var _ = Programs.run(in(to.name(), command.toArray(String[]::new)));
  }

  @Override
  public void heal() throws IOException {
    for (String host : addresses.keySet()) {
      var _ = Programs.run(in(host, "iptables", "-w", "-F", "INPUT"));
    }
    for (String host : shaped.keySet()) {
      var _ = Programs.run(in(host, "tc", "qdisc", "del", "dev", CARD, "root"));
    }
    shaped.clear();
  }

  @Override
  public Touched touched() throws IOException {
    long count = 0;
    List<String> what = new ArrayList<>();
    for (String host : addresses.keySet()) {
      long dropped =
          Counters.packetsOfRules(Programs.run(in(host, "iptables", "-w", "-nvxL", "INPUT")));
      if (dropped > 0) {
        what.add("%d packets stopped at %s".formatted(dropped, host));
      }
      count += dropped;
    }
    for (Map.Entry<String, String> host : shaped.entrySet()) {
      long waited =
          Counters.packetsOfQueue(
              Programs.run(in(host.getKey(), "tc", "-s", "qdisc", "show", "dev", CARD)));
      what.add("%d packets of %s waited (%s)".formatted(waited, host.getKey(), host.getValue()));
      count += waited;
    }
    return new Touched(count, String.join(", ", what));
  }

  /** Where a host is now. */
  public String address(Node node) {
    return address(node.name());
  }

  String address(String name) {
    String address = addresses.get(name);
    if (address == null) {
      throw new IllegalArgumentException(name + " is no host here");
    }
    return address;
  }

  /**
   * Gives a host, whose node does not run, another address, and its name with it.
   *
   * @return the new address
   */
  public String move(Node node) throws IOException {
    String old = address(node);
    int number = Integer.parseInt(old.substring(NET.length()));
    // Up by ten each time, through those that no host has.
    String next = NET + (number + 10 > 200 ? number % 10 : number + 10);
    // The old one first: with it go all that were added beside it.
    var _ = Programs.run(in(node.name(), "ip", "addr", "del", old + "/24", "dev", CARD));
    var _ = Programs.run(in(node.name(), "ip", "addr", "add", next + "/24", "dev", CARD));
    addresses.put(node.name(), next);
    writeNames();
    return next;
  }

  private static String[] in(String host, String... command) {
    List<String> all = new ArrayList<>(List.of("nsenter", "--net=/run/netns/" + host));
    all.addAll(List.of(command));
    return all.toArray(String[]::new);
  }
}
