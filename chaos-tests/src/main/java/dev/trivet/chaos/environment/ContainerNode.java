package dev.trivet.chaos.environment;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerResponse.ContainerState;
import com.github.dockerjava.api.exception.DockerException;
import java.io.IOException;
import java.time.Duration;

/** A node that is a container: made at the first start, and the same one at all later ones. */
final class ContainerNode implements Node {
  private static final Duration END = Duration.ofSeconds(15);

  private final String name;
  private final String endpoint;
  private final NodeContainer container;

  ContainerNode(String name, String endpoint, NodeContainer container) {
    this.name = name;
    this.endpoint = endpoint;
    this.container = container;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String endpoint() {
    return endpoint;
  }

  boolean isCreated() {
    return container.getContainerId() != null;
  }

  @Override
  public boolean isRunning() {
    return isCreated() && Boolean.TRUE.equals(state().getRunning());
  }

  @Override
  public String notReady() {
    return isRunning() ? Software.TRIVET.notReady(endpoint) : "its container is gone";
  }

  @Override
  public void start() {
    if (isCreated()) {
      engine().startContainerCmd(container.getContainerId()).exec();
    } else {
      container.start();
    }
  }

  /**
   * By the engine's own word for SIGKILL.
   *
   * @throws IllegalStateException when the container goes on all the same
   */
  @Override
  public void kill() throws IOException, InterruptedException {
    ask(() -> engine().killContainerCmd(container.getContainerId()).exec());
    if (!Waiting.comes(END, () -> !isRunning())) {
      throw new IllegalStateException(name + " runs after it was killed");
    }
  }

  @Override
  public void pause() throws IOException {
    ask(() -> engine().pauseContainerCmd(container.getContainerId()).exec());
  }

  @Override
  public void resume() throws IOException {
    ask(() -> engine().unpauseContainerCmd(container.getContainerId()).exec());
  }

  /** By what the engine says of the container. */
  @Override
  public Standstill standstill() {
    ContainerState state = state();
    return new Standstill(
        Boolean.TRUE.equals(state.getPaused()), "the engine says: " + state.getStatus());
  }

  void disconnect() {
    container.disconnect();
  }

  boolean isDisconnected() {
    return isCreated() && !container.isConnected();
  }

  void reconnect() {
    if (isDisconnected()) {
      container.connect(container.getContainerId());
    }
  }

  /** All that it has said. */
  String logs() {
    return container.getLogs();
  }

  /** Removes the container and its data. */
  void close() {
    container.stop();
  }

  /** An engine that refuses, as one on a busy machine does, is a fault that was not inflicted. */
  private void ask(Runnable question) throws IOException {
    try {
      question.run();
    } catch (DockerException e) {
      throw new IOException("the engine refuses for " + name + ": " + e.getMessage(), e);
    }
  }

  private DockerClient engine() {
    return container.getDockerClient();
  }

  private ContainerState state() {
    return container.getCurrentContainerInfo().getState();
  }

  @Override
  public LocalNode local() {
    throw new IllegalStateException(name + " is a container");
  }
}
