package dev.trivet.plugin.agent;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Looks every few seconds that the driver's container exists, is made from the present settings and
 * runs, and that the engine has told the swarm of the driver. Swarm places tasks with a volume only
 * on servers that announced its driver, and an engine announces one that it found by its socket
 * only after it was used once: listing the volumes does that.
 *
 * <p>A container with other settings is replaced; mounts that it served end with it. When the agent
 * itself ends, the driver goes on, so that an update of the agent's service disturbs nobody.
 *
 * <p>Usage: {@code VolumeAgent IMAGE ENDPOINTS}.
 */
public final class VolumeAgent {
  private static final Path SOCKET = Path.of("/var/run/docker.sock");
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(60);
  private static final Duration PAUSE = Duration.ofSeconds(3);
  private static final Pattern VOLUME_DRIVERS = Pattern.compile("\"Volume\":\\[([^\\]]*)\\]");

  private final DockerEngine engine;
  private final DriverContainer wanted;
  private String lastSaid = "";

  VolumeAgent(DockerEngine engine, DriverContainer wanted) {
    this.engine = engine;
    this.wanted = wanted;
  }

  /**
   * Runs until it is stopped.
   *
   * @param arguments the driver's image, and the client addresses of the nodes
   * @throws InterruptedException never in practice: nobody interrupts the main thread
   */
  public static void main(String[] arguments) throws InterruptedException {
    if (arguments.length != 2) {
      System.err.println("usage: VolumeAgent IMAGE HOST:PORT,HOST:PORT,...");
      System.exit(2);
    }
    VolumeAgent agent =
        new VolumeAgent(
            new DockerEngine(SOCKET, REQUEST_TIMEOUT),
            new DriverContainer(arguments[0], arguments[1]));
    while (true) {
      agent.look();
      Thread.sleep(PAUSE);
    }
  }

  /** One round. A failed one is reported and tried again: engines restart. */
  private void look() {
    try {
      keepRunning();
      say(isAnnounced() ? "the driver runs and is announced" : "the driver does not answer yet");
    } catch (IOException e) {
      say("will try again: " + e.getMessage());
    }
  }

  private void keepRunning() throws IOException {
    DockerEngine.Reply found = engine.get("/containers/" + DriverContainer.NAME + "/json");
    if (found.isOk() && !found.body().contains(wanted.label())) {
      say("replacing the driver: its settings changed");
      require(
          engine.post("/containers/" + DriverContainer.NAME + "/stop?t=20", ""),
          "stop the old driver");
      require(
          engine.delete("/containers/" + DriverContainer.NAME + "?force=1"),
          "remove the old driver");
    } else if (found.isOk() && found.body().contains("\"Running\":true")) {
      return;
    }
    if (!found.isOk() || !found.body().contains(wanted.label())) {
      if (!found.isOk() && !found.isAbsent()) {
        require(found, "look at the driver");
      }
      require(
          engine.post("/containers/create?name=" + DriverContainer.NAME, wanted.createBody()),
          "create the driver");
    }
    require(engine.post("/containers/" + DriverContainer.NAME + "/start", ""), "start the driver");
  }

  /** Whether the engine knows the driver; if not, makes it look. */
  private boolean isAnnounced() throws IOException {
    if (knowsDriver(engine.get("/info").body())) {
      return true;
    }
    require(engine.get("/volumes"), "list the volumes");
    return knowsDriver(engine.get("/info").body());
  }

  /** Whether the engine's description of itself names the driver among those for volumes. */
  static boolean knowsDriver(String info) {
    Matcher drivers = VOLUME_DRIVERS.matcher(info);
    return drivers.find() && drivers.group(1).contains('"' + DriverContainer.DRIVER + '"');
  }

  private static void require(DockerEngine.Reply reply, String what) throws IOException {
    if (!reply.isOk() && !reply.isUnchanged()) {
      throw new IOException(
          "%s: the engine answered %d %s".formatted(what, reply.status(), reply.body().strip()));
    }
  }

  /** Only news are printed: a round that found what the last one found says nothing. */
  private void say(String text) {
    if (!text.equals(lastSaid)) {
      System.out.println("volume-agent: " + text);
      lastSaid = text;
    }
  }
}
