package dev.trivet.chaos.environment;

import dev.trivet.local.NodeProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A node that is a process of this machine. */
public final class LocalNode implements Node {
  private final Software software;
  private final Program program;
  private final NodeProcess process;
  private final @Nullable Shim shim;
  private final @Nullable Disk disk;

  /** What is started as a node. */
  @FunctionalInterface
  interface Program {
    /**
     * Starts the process.
     *
     * @param flags of its JVM, this once; of another program there are none
     */
    void start(NodeProcess process, List<String> flags) throws IOException;
  }

  LocalNode(
      Software software,
      Program program,
      NodeProcess process,
      @Nullable Shim shim,
      @Nullable Disk disk) {
    this.software = software;
    this.program = program;
    this.process = process;
    this.shim = shim;
    this.disk = disk;
  }

  @Override
  public String name() {
    return process.name();
  }

  @Override
  public String endpoint() {
    return process.endpoint();
  }

  @Override
  public boolean isRunning() {
    return process.isRunning();
  }

  @Override
  public String notReady() {
    return process.isRunning() ? software.notReady(endpoint()) : "its process is gone";
  }

  @Override
  public void start() throws IOException {
    start(List.of());
  }

  /**
   * Starts it otherwise than the others, this once.
   *
   * @param flags of its JVM
   */
  public void start(List<String> flags) throws IOException {
    program.start(process, flags);
  }

  @Override
  public void kill() throws InterruptedException {
    process.kill();
  }

  /** SIGTERM, as an orchestrator does it; returns the exit code. */
  public int stop() throws InterruptedException {
    return process.stop();
  }

  /** SIGSTOP. */
  @Override
  public void pause() throws IOException, InterruptedException {
    process.pause();
  }

  @Override
  public void resume() throws IOException, InterruptedException {
    process.resume();
  }

  /** By what the kernel says of the process. */
  @Override
  public Standstill standstill() throws IOException {
    String state = processState();
    return new Standstill(state.equals("T"), "state " + state + " in /proc");
  }

  @Override
  public LocalNode local() {
    return this;
  }

  /** The process that runs, or ran last. */
  public long pid() {
    return process.pid();
  }

  /** Holds the node's data. */
  public Path folder() {
    return process.folder();
  }

  /** How much it has said so far, in bytes; for {@link #said}. */
  public long logBytes() throws IOException {
    return Files.exists(process.logFile()) ? Files.size(process.logFile()) : 0;
  }

  /** The lines that it has said since then. */
  public List<String> said(long sinceBytes) throws IOException {
    byte[] all = Files.readAllBytes(process.logFile());
    int from = (int) Math.min(sinceBytes, all.length);
    return new String(all, from, all.length - from, StandardCharsets.UTF_8).lines().toList();
  }

  /** What the kernel says of the process: R, S, D, T, Z; "-" if it is not there. */
  private String processState() throws IOException {
    Path status = Path.of("/proc", Long.toString(pid()), "status");
    if (!isRunning() || !Files.exists(status)) {
      return "-";
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("State:"))
        .map(line -> line.substring("State:".length()).strip().substring(0, 1))
        .findFirst()
        .orElse("-");
  }

  /** Deletes all it has stored; the process must be gone. */
  public void wipe() throws IOException {
    try (var files = Files.walk(folder())) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        if (!file.equals(folder())) {
          Files.delete(file);
        }
      }
    }
  }

  /**
   * Its clock and its disk's calls.
   *
   * @throws IllegalStateException where {@link Capability#SHIM} is lacking
   */
  public Shim shim() {
    if (shim == null) {
      throw new IllegalStateException(name() + " has no shim");
    }
    return shim;
  }

  /**
   * The disk that holds its folder.
   *
   * @throws IllegalStateException where {@link Capability#DISKS} is lacking
   */
  public Disk disk() {
    if (disk == null) {
      throw new IllegalStateException(name() + " has no disk of its own");
    }
    return disk;
  }
}
