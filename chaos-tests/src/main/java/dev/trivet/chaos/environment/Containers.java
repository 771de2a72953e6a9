package dev.trivet.chaos.environment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.testcontainers.DockerClientFactory;

/**
 * Nodes of the shipped image as containers of one engine, by Testcontainers. They speak to each
 * other in a network that leads nowhere else, by name; clients reach them at ports that the engine
 * publishes from another one, so that the first can be taken away alone.
 *
 * <p>No registry is asked: the image is there, or the run fails.
 */
public final class Containers implements Environment {
  private static final String WITHOUT_HELPER = "TESTCONTAINERS_RYUK_DISABLED";

  /** Below the range of ports of outgoing connections. */
  private static final int FIRST_PORT = 23_801;

  private final Map<Capability, String> lacking = new EnumMap<>(Capability.class);
  private final List<ContainerNode> nodes = new ArrayList<>();
  private final Path folder;
  private final org.testcontainers.containers.Network peers;
  private final org.testcontainers.containers.Network clients;

  /**
   * Starts nothing yet.
   *
   * @param folder gets what the nodes have said
   * @param image its local name
   */
  public Containers(Path folder, String image, int size) {
    if (!Boolean.parseBoolean(System.getenv(WITHOUT_HELPER))) {
      throw new IllegalStateException(
          WITHOUT_HELPER + "=true is needed: a helper would be fetched from a registry");
    }
    this.folder = folder;
    for (Capability capability : Capability.values()) {
      lacking.put(capability, "an engine only ends, stops and disconnects its containers");
    }
    lacking.remove(Capability.TRIVET);
    lacking.remove(Capability.PAUSES);
    lacking.remove(Capability.DISCONNECTS);
    peers =
        org.testcontainers.containers.Network.builder()
            .createNetworkCmdModifier(command -> command.withInternal(true))
            .build();
    clients = org.testcontainers.containers.Network.newNetwork();
    String engine = DockerClientFactory.instance().dockerHostIpAddress();
    List<String> founders = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      String name = "n" + (i + 1);
      founders.add("%s=%s:2380/%s:2381/%s:%d".formatted(name, name, name, engine, FIRST_PORT + i));
    }
    for (int i = 0; i < size; i++) {
      String name = "n" + (i + 1);
      List<String> command =
          List.of(
              "serve",
              "--name=" + name,
              "--data=/var/lib/trivet",
              "--bind=0.0.0.0",
              "--raft=" + name + ":2380",
              "--peer=" + name + ":2381",
              "--client=" + engine + ":" + (FIRST_PORT + i),
              "--initial=" + String.join(",", founders));
      nodes.add(
          new ContainerNode(
              name,
              engine + ":" + (FIRST_PORT + i),
              new NodeContainer(image, name, clients, peers, FIRST_PORT + i, command)));
    }
  }

  @Override
  public String name() {
    return "containers";
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
    return new EngineNetwork();
  }

  @Override
  public void startAll() {
    nodes.forEach(ContainerNode::start);
  }

  @Override
  public void close() throws IOException {
    for (ContainerNode node : nodes) {
      if (node.isCreated()) {
        Files.writeString(folder.resolve(node.name() + ".log"), node.logs());
      }
      node.close();
    }
    peers.close();
    clients.close();
  }

  /** The network between the containers: one is in it or not. */
  private final class EngineNetwork implements Network {
    @Override
    public void disconnect(Node node) {
      container(node).disconnect();
    }

    @Override
    public void heal() {
      nodes.forEach(ContainerNode::reconnect);
    }

    /** As the engine has it. */
    @Override
    public Touched touched() {
      List<String> outside =
          nodes.stream().filter(ContainerNode::isDisconnected).map(ContainerNode::name).toList();
      return new Touched(outside.size(), outside + " not in the nodes' network");
    }

    private ContainerNode container(Node node) {
      return nodes.stream()
          .filter(node::equals)
          .findFirst()
          .orElseThrow(() -> new IllegalArgumentException(node.name() + " is no container here"));
    }
  }
}
