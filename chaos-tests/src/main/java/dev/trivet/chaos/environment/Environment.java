package dev.trivet.chaos.environment;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Nodes, and what can be done to them. Closing ends what it started and leaves folders. */
public interface Environment extends AutoCloseable {
  /** As the command line names it. */
  String name();

  /** What cannot be done here, each with the reason. */
  Map<Capability, String> lacking();

  /** All nodes, whether they run or not; always the same ones. */
  List<Node> nodes();

  /** Between the nodes. What {@link #lacking} says cannot be done throws. */
  Network network();

  /** Starts all nodes; they may not serve yet. */
  void startAll() throws IOException, InterruptedException;

  /** Client addresses of all nodes, host:port. */
  default List<String> endpoints() {
    return nodes().stream().map(Node::endpoint).toList();
  }

  /** Why something cannot be done here; empty if it can. */
  default String obstacle(Set<Capability> needed) {
    return needed.stream()
        .sorted()
        .filter(lacking()::containsKey)
        .map(lacking()::get)
        .distinct()
        .collect(Collectors.joining("; "));
  }

  @Override
  void close() throws IOException;
}
