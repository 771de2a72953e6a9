package dev.trivet.chaos.environment;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** A cluster that somebody else runs: its nodes are ended, started and cut off by commands. */
public final class Existing implements Environment {
  private final Map<Capability, String> lacking = new EnumMap<>(Capability.class);
  private final List<Node> nodes = new ArrayList<>();
  private final Commands commands;

  /**
   * What is run by the shell, with the number of a node, from 1, behind it. Each returns when it is
   * done, and no process that it leaves behind keeps its output open.
   *
   * @param kill ends a node at once
   * @param start starts it again
   * @param pause has it stand still, {@code resume} lets it go on; both empty where that cannot be
   * @param network called with {@code cut FROM TO}, {@code heal} and {@code count}, which prints
   *     how many packets were stopped since they were healed; empty where that cannot be
   */
  public record Commands(String kill, String start, String pause, String resume, String network) {
    /** Whether nodes can be made to stand still. */
    boolean canPause() {
      return !pause.isBlank() && !resume.isBlank();
    }
  }

  /**
   * @param endpoints of its nodes, host:port
   */
  public Existing(Software software, List<String> endpoints, Commands commands) {
    if (endpoints.isEmpty() || commands.kill().isBlank() || commands.start().isBlank()) {
      throw new IllegalArgumentException(
          "an existing cluster needs --endpoints, --kill-command and --start-command");
    }
    this.commands = commands;
    for (int i = 0; i < endpoints.size(); i++) {
      nodes.add(new CommandedNode(software, i + 1, endpoints.get(i), commands));
    }
    for (Capability capability : Capability.values()) {
      lacking.put(capability, "no command does that to an existing cluster");
    }
    lacking.remove(Capability.TRIVET);
    if (commands.canPause()) {
      lacking.remove(Capability.PAUSES);
    }
    if (!commands.network().isBlank()) {
      lacking.remove(Capability.PARTITIONS);
    }
    lacking.putAll(software.lacking());
  }

  @Override
  public String name() {
    return "existing";
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
    return new CommandedNetwork(commands.network());
  }

  /** They run. */
  @Override
  public void startAll() {}

  /** They are left as they are. */
  @Override
  public void close() throws IOException {}
}
