package dev.trivet.chaos.environment;

import java.io.IOException;

/** What lies between the nodes of an {@link Existing} cluster, as far as a command can cut it. */
final class CommandedNetwork implements Network {
  private final String command;

  /**
   * @param command called with {@code cut FROM TO}, {@code heal} and {@code count}
   */
  CommandedNetwork(String command) {
    this.command = command;
  }

  @Override
  public void cut(Node from, Node to) throws IOException {
    var _ = run("cut " + number(from) + " " + number(to));
  }

  @Override
  public void heal() throws IOException {
    var _ = run("heal");
  }

  @Override
  public Touched touched() throws IOException {
    String said = run("count");
    try {
      return new Touched(Long.parseLong(said), said + " packets stopped");
    } catch (NumberFormatException e) {
      throw new IOException("'%s count' said '%s', a number is needed".formatted(command, said), e);
    }
  }

  private static String number(Node node) {
    return node.name().substring(1);
  }

  private String run(String what) throws IOException {
    return Programs.run("sh", "-c", command + " " + what);
  }
}
