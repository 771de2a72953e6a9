package dev.trivet.chaos.environment;

import java.io.IOException;
import java.time.Duration;

/** A node of an {@link Existing} cluster. */
final class CommandedNode implements Node {
  private static final Duration END = Duration.ofSeconds(15);

  private final Software software;
  private final int number;
  private final String endpoint;
  private final Existing.Commands commands;
  private boolean isRunning = true;

  CommandedNode(Software software, int number, String endpoint, Existing.Commands commands) {
    this.software = software;
    this.number = number;
    this.endpoint = endpoint;
    this.commands = commands;
  }

  @Override
  public String name() {
    return "n" + number;
  }

  @Override
  public String endpoint() {
    return endpoint;
  }

  /** As far as this process knows: one that ends by itself is somebody else's to start. */
  @Override
  public boolean isRunning() {
    return isRunning;
  }

  @Override
  public String notReady() {
    return software.notReady(endpoint);
  }

  @Override
  public void start() throws IOException {
    run(commands.start());
    isRunning = true;
  }

  /**
   * Believes the command only when the node has fallen silent.
   *
   * @throws IllegalStateException when it goes on answering
   */
  @Override
  public void kill() throws IOException, InterruptedException {
    run(commands.kill());
    if (!Waiting.comes(END, () -> !answers())) {
      throw new IllegalStateException(name() + " still answers after its --kill-command");
    }
    isRunning = false;
  }

  @Override
  public void pause() throws IOException {
    run(commands.pause());
  }

  @Override
  public void resume() throws IOException {
    run(commands.resume());
  }

  /** By its silence. */
  @Override
  public Standstill standstill() {
    boolean answers = answers();
    return new Standstill(!answers, answers ? "it answers" : "it does not answer");
  }

  private boolean answers() {
    return NodeStatus.at(endpoint).isPresent();
  }

  private void run(String command) throws IOException {
    var _ = Programs.run("sh", "-c", command + " " + number);
  }

  @Override
  public LocalNode local() {
    throw new IllegalStateException(name() + " is no process of this machine");
  }
}
