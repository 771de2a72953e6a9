package dev.trivet.chaos.environment;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** A cluster that somebody else runs: its nodes are ended and started by commands. */
public final class Existing implements Environment {
  private static final Duration READY_LIMIT = Duration.ofSeconds(2);

  private final List<Node> nodes = new ArrayList<>();

  /**
   * @param endpoints of its nodes, host:port
   * @param killCommand ends a node at once; its number, from 1, is added
   * @param startCommand starts it again
   */
  public Existing(List<String> endpoints, String killCommand, String startCommand) {
    if (endpoints.isEmpty() || killCommand.isBlank() || startCommand.isBlank()) {
      throw new IllegalArgumentException(
          "an existing cluster needs --endpoints, --kill-command and --start-command");
    }
    for (int i = 0; i < endpoints.size(); i++) {
      nodes.add(new Member(i + 1, endpoints.get(i), killCommand, startCommand));
    }
  }

  /** A node of it. */
  private static final class Member implements Node {
    private final int number;
    private final String endpoint;
    private final String killCommand;
    private final String startCommand;
    private boolean isRunning = true;

    Member(int number, String endpoint, String killCommand, String startCommand) {
      this.number = number;
      this.endpoint = endpoint;
      this.killCommand = killCommand;
      this.startCommand = startCommand;
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
    public boolean isReady() {
      try (HttpClient http = HttpClient.newHttpClient()) {
        HttpRequest question =
            HttpRequest.newBuilder(URI.create("http://" + endpoint + "/readyz"))
                .timeout(READY_LIMIT)
                .build();
        return http.send(question, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
      } catch (IOException _) {
        return false;
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return false;
      }
    }

    @Override
    public void start() throws IOException {
      var _ = Programs.run("sh", "-c", startCommand + " " + number);
      isRunning = true;
    }

    @Override
    public void kill() throws IOException {
      var _ = Programs.run("sh", "-c", killCommand + " " + number);
      isRunning = false;
    }

    @Override
    public LocalNode local() {
      throw new IllegalStateException(name() + " is no process of this machine");
    }
  }

  @Override
  public String name() {
    return "existing";
  }

  @Override
  public Map<Capability, String> lacking() {
    Map<Capability, String> lacking = new EnumMap<>(Capability.class);
    for (Capability capability : Capability.values()) {
      lacking.put(capability, "an existing cluster is only ended and started, by commands");
    }
    return lacking;
  }

  @Override
  public List<Node> nodes() {
    return List.copyOf(nodes);
  }

  @Override
  public Network network() {
    throw new IllegalStateException("the network of an existing cluster is not ours");
  }

  /** They run. */
  @Override
  public void startAll() {}

  /** They are left as they are. */
  @Override
  public void close() {}
}
