package dev.trivet.local;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One node of a {@link LocalCluster}: its folder and addresses stay, its process comes and goes.
 * Methods belong to one thread at a time.
 */
public final class NodeProcess {
  private static final long END_SECONDS = 30;

  private final String name;
  private final Path folder;
  private final Addresses addresses;
  private final List<String> prefix;
  private @Nullable Process process;

  /** Where the node's three ports are, each host:port. */
  public record Addresses(String raft, String peer, String client) {}

  /**
   * @param prefix a command that runs the program that follows it, in its own process; may be empty
   */
  public NodeProcess(String name, Path folder, Addresses addresses, List<String> prefix) {
    this.name = name;
    this.folder = folder;
    this.addresses = addresses;
    this.prefix = List.copyOf(prefix);
  }

  public String name() {
    return name;
  }

  /** Holds the node's data. */
  public Path folder() {
    return folder;
  }

  /** What the node has said, beside its folder; each start adds to it. */
  public Path logFile() {
    return folder.resolveSibling(name + ".log");
  }

  /** Where clients reach it, host:port. */
  public String endpoint() {
    return addresses.client();
  }

  /** How {@code --initial} names it. */
  String founder() {
    return "%s=%s/%s/%s".formatted(name, addresses.raft(), addresses.peer(), addresses.client());
  }

  public boolean isRunning() {
    return process != null && process.isAlive();
  }

  /** The process that runs, or ran last. */
  public long pid() {
    return require().pid();
  }

  /**
   * Starts the process; it may not serve yet.
   *
   * @param java the program and its flags, up to the main class
   * @param initial the founding document
   * @param moreOptions of {@code serve}, behind ours
   */
  void start(List<String> java, String initial, List<String> moreOptions) throws IOException {
    List<String> command = new ArrayList<>(java);
    command.addAll(List.of("serve", "--name", name, "--data", folder.toString()));
    command.addAll(List.of("--raft", addresses.raft(), "--peer", addresses.peer()));
    command.addAll(List.of("--client", addresses.client()));
    command.addAll(List.of("--initial", initial));
    command.addAll(moreOptions);
    start(command);
  }

  /**
   * Starts a program of the caller's choice in the node's place: another server to compare with.
   *
   * @param command behind the node's prefix
   */
  public void start(List<String> command) throws IOException {
    if (isRunning()) {
      throw new IllegalStateException(name + " runs already as process " + pid());
    }
    Files.createDirectories(folder);
    List<String> whole = new ArrayList<>(prefix);
    whole.addAll(command);
    process =
        new ProcessBuilder(whole)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(logFile().toFile()))
            .start();
  }

  /** SIGKILL; returns when the process is gone. */
  public void kill() throws InterruptedException {
    require().destroyForcibly().waitFor();
  }

  /**
   * SIGTERM, as an orchestrator does it.
   *
   * @return the exit code
   * @throws IllegalStateException when it has not ended after 30 s
   */
  public int stop() throws InterruptedException {
    require().destroy();
    return awaitEnd();
  }

  /**
   * Waits until the process has ended by itself.
   *
   * @return the exit code
   * @throws IllegalStateException when it has not ended after 30 s
   */
  public int awaitEnd() throws InterruptedException {
    Process running = require();
    if (!running.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException(name + " did not end within " + END_SECONDS + " s");
    }
    return running.exitValue();
  }

  /** SIGSTOP: the process stands still and keeps its sockets. */
  public void pause() throws IOException, InterruptedException {
    signal("-STOP");
  }

  public void resume() throws IOException, InterruptedException {
    signal("-CONT");
  }

  /** Whether the node can do a linearizable read now. */
  public boolean isReady() {
    return isReady(endpoint());
  }

  /** Whether the node at an address can. */
  public static boolean isReady(String endpoint) {
    return notReady(endpoint).isEmpty();
  }

  /** What the node at an address says why it cannot, or why it says nothing; empty if it can. */
  public static String notReady(String endpoint) {
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpRequest question =
          HttpRequest.newBuilder(URI.create("http://" + endpoint + "/readyz"))
              .timeout(Duration.ofSeconds(2))
              .build();
      HttpResponse<String> answer = http.send(question, HttpResponse.BodyHandlers.ofString());
      return answer.statusCode() == 200 ? "" : answer.statusCode() + " " + answer.body().strip();
    } catch (IOException e) {
      return e.toString();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return "interrupted";
    }
  }

  private void signal(String signal) throws IOException, InterruptedException {
    int code = new ProcessBuilder("kill", signal, Long.toString(pid())).start().waitFor();
    if (code != 0) {
      throw new IOException("kill " + signal + " " + pid() + " ended with " + code);
    }
  }

  private Process require() {
    if (process == null) {
      throw new IllegalStateException(name + " was never started");
    }
    return process;
  }
}
