package dev.trivet.local;

import dev.trivet.errors.ErrorCode;
import dev.trivet.mount.kernel.Mounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A volume mounted by a process of its own. Needs root and /dev/fuse. */
public final class MountProcess implements AutoCloseable {
  private static final Path FUSE = Path.of("/dev/fuse");
  private static final Duration LIMIT = Duration.ofSeconds(150);
  private static final long POLL_MILLIS = 50;

  private final Process process;
  private final Path directory;
  private final Path log;

  private MountProcess(Process process, Path directory, Path log) {
    this.process = process;
    this.directory = directory;
    this.log = log;
  }

  /** Why no volume can be mounted here; empty if it can. */
  public static String obstacle() throws IOException {
    if (!Files.exists(FUSE)) {
      return FUSE + " is not there (modprobe fuse)";
    }
    return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0)
        ? ""
        : "a mount needs root";
  }

  /**
   * Starts the process; the volume must exist and may not be mounted yet when this returns.
   *
   * @param log what the process says is added to it
   */
  public static MountProcess start(LocalCluster cluster, String volume, Path directory, Path log)
      throws IOException {
    Files.createDirectories(directory);
    List<String> command = new ArrayList<>(cluster.java());
    command.addAll(List.of("mount", volume, directory.toString()));
    command.addAll(List.of("--endpoints", String.join(",", cluster.endpoints())));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    return new MountProcess(process, directory, log);
  }

  public long pid() {
    return process.pid();
  }

  /**
   * Waits until files can be used below the directory.
   *
   * @throws dev.trivet.errors.TrivetException CHECK_FAILED when the process has ended or is late
   */
  public void awaitMounted() throws IOException, InterruptedException {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (Mounts.below(directory).isEmpty()) {
      if (!process.isAlive() || System.nanoTime() > end) {
        throw ErrorCode.CHECK_FAILED.exception(
            "the volume was not mounted within %d s: see %s".formatted(LIMIT.toSeconds(), log));
      }
      Thread.sleep(POLL_MILLIS);
    }
  }

  /**
   * SIGTERM: the mount stores what was written, unmounts and ends.
   *
   * @return the exit code
   * @throws dev.trivet.errors.TrivetException CHECK_FAILED when it is late
   */
  public int stop() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
      throw ErrorCode.CHECK_FAILED.exception(
          "the volume was not unmounted within %d s: see %s".formatted(LIMIT.toSeconds(), log));
    }
    return process.exitValue();
  }

  /** Ends what is left of it: a process that does not answer, a mount without one. */
  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    for (Path left : Mounts.below(directory)) {
      int errno = Mounts.detach(left);
      if (errno != 0) {
        System.err.println(left + " was not unmounted: errno " + errno);
      }
    }
  }
}
