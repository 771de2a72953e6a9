package dev.trivet.demo;

import dev.trivet.errors.ErrorCode;
import dev.trivet.mount.kernel.Mounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * The processes of a demo, remembered in a file of its folder: a line "ROLE PID START" each, START
 * in milliseconds since the epoch, so that a process which got the same number later is left alone.
 * The file also marks the folder as a demo's: no other folder is ever deleted.
 */
final class KeptCluster {
  /** What a process does; they are ended in this order, as a mount needs nodes to end well. */
  enum Role {
    MOUNT,
    NODE
  }

  private static final long END_SECONDS = 15;

  private final Path folder;
  private final Path file;

  KeptCluster(Path folder) {
    this.folder = folder;
    this.file = folder.resolve("demo-processes");
  }

  Path folder() {
    return folder;
  }

  /**
   * Makes the folder anew; what an ended demo left there is deleted.
   *
   * @throws dev.trivet.errors.TrivetException INVALID_ARGUMENT if a demo runs, or if the folder is
   *     something else
   */
  void begin() throws IOException {
    List<Long> running = new ArrayList<>();
    for (Role role : Role.values()) {
      running(role).forEach(process -> running.add(process.pid()));
    }
    if (!running.isEmpty()) {
      throw ErrorCode.INVALID_ARGUMENT.exception(
          "a demo runs already as processes " + running + ": end it by 'trivet demo --clean'");
    }
    delete();
    Files.createDirectories(folder);
    Files.createFile(file);
  }

  /** Adds a process that runs. */
  void remember(Role role, long pid) throws IOException {
    long start = ProcessHandle.of(pid).map(KeptCluster::startMillis).orElse(0L);
    Files.writeString(file, role + " " + pid + " " + start + "\n", StandardOpenOption.APPEND);
  }

  /** Those of the remembered processes that still run. */
  private List<ProcessHandle> running(Role role) throws IOException {
    List<ProcessHandle> running = new ArrayList<>();
    if (Files.exists(file)) {
      for (String line : Files.readAllLines(file)) {
        List<String> words = List.of(line.split(" ", 3));
        if (!words.getFirst().equals(role.name())) {
          continue;
        }
        ProcessHandle.of(Long.parseLong(words.get(1)))
            .filter(process -> words.getLast().equals(Long.toString(startMillis(process))))
            .ifPresent(running::add);
      }
    }
    return running;
  }

  /**
   * Ends the processes, by SIGTERM first, and takes away mounts that are left.
   *
   * @return how many processes there were
   */
  int end() throws IOException, InterruptedException {
    int count = 0;
    for (Role role : Role.values()) {
      List<ProcessHandle> running = running(role);
      end(running);
      count += running.size();
    }
    for (Path left : Mounts.below(folder)) {
      int errno = Mounts.detach(left);
      if (errno != 0) {
        throw ErrorCode.LOCAL_IO.exception("cannot detach " + left + ": errno " + errno);
      }
    }
    return count;
  }

  private static void end(List<ProcessHandle> running) throws InterruptedException {
    running.forEach(ProcessHandle::destroy);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(END_SECONDS);
    for (ProcessHandle process : running) {
      try {
        process.onExit().get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        process.destroyForcibly();
      } catch (ExecutionException e) {
        throw ErrorCode.INTERNAL.exception("cannot wait for process " + process.pid(), e);
      }
    }
  }

  /** Deletes the folder if it is there. */
  void delete() throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    if (!Files.exists(file)) {
      throw ErrorCode.INVALID_ARGUMENT.exception(
          folder + " is no demo's folder, as " + file.getFileName() + " is not in it");
    }
    if (!Mounts.below(folder).isEmpty()) {
      throw ErrorCode.INVALID_ARGUMENT.exception(
          "a volume is still mounted at " + Mounts.below(folder));
    }
    List<Path> paths;
    try (Stream<Path> walk = Files.walk(folder)) {
      // The mark goes last but one: a folder half deleted is still known as a demo's.
      paths =
          walk.sorted(Comparator.reverseOrder())
              .filter(path -> !path.equals(file) && !path.equals(folder))
              .toList();
    }
    for (Path path : paths) {
      Files.deleteIfExists(path);
    }
    Files.deleteIfExists(file);
    Files.deleteIfExists(folder);
  }

  private static long startMillis(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
  }
}
