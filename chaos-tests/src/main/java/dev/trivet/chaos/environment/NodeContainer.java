package dev.trivet.chaos.environment;

import com.github.dockerjava.api.model.ContainerNetwork;
import java.util.List;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.wait.strategy.AbstractWaitStrategy;
import org.testcontainers.utility.DockerImageName;

/** The container of a node: in two networks, with the same port inside and outside. */
final class NodeContainer extends GenericContainer<NodeContainer> {
  private static final long MEMORY_BYTES = 1L << 30;

  private final String name;
  private final Network peers;

  /**
   * @param name by which the others find it in their network
   * @param clients the network from which the port is published
   * @param peers the network of the nodes
   */
  NodeContainer(
      String image, String name, Network clients, Network peers, int port, List<String> command) {
    super(DockerImageName.parse(image));
    this.name = name;
    this.peers = peers;
    withNetwork(clients);
    withCommand(command.toArray(String[]::new));
    withImagePullPolicy(_ -> false);
    withCreateContainerCmdModifier(
        create -> {
          if (create.getHostConfig() != null) {
            create.getHostConfig().withMemory(MEMORY_BYTES);
          }
        });
    waitingFor(new Never());
    addFixedExposedPort(port, port);
  }

  /** Whether nodes serve is the run's question. */
  private static final class Never extends AbstractWaitStrategy {
    @Override
    protected void waitUntilReady() {}
  }

  /** Before it is started, so that a node finds the others from the first moment. */
  @Override
  protected void containerIsCreated(String containerId) {
    connect(containerId);
  }

  /** Puts it into the nodes' network, under its name. */
  void connect(String containerId) {
    dockerClient
        .connectToNetworkCmd()
        .withNetworkId(peers.getId())
        .withContainerId(containerId)
        .withContainerNetwork(new ContainerNetwork().withAliases(name))
        .exec();
  }

  void disconnect() {
    dockerClient
        .disconnectFromNetworkCmd()
        .withNetworkId(peers.getId())
        .withContainerId(getContainerId())
        .exec();
  }

  /** Whether the engine has it in the nodes' network. */
  boolean isConnected() {
    return getCurrentContainerInfo().getNetworkSettings().getNetworks().values().stream()
        .anyMatch(network -> peers.getId().equals(network.getNetworkID()));
  }
}
