package dev.trivet.chaos;

import dev.trivet.client.TrivetClient;
import dev.trivet.errors.TrivetException;
import dev.trivet.local.LocalCluster;
import dev.trivet.local.MountProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Files in a mounted volume, each written under a draft's name, forced, renamed. Promise: such a
 * file is there, whole, when the volume is mounted anew by another process.
 */
final class FileWorkload implements Workload {
  private static final String VOLUME = "chaos";
  private static final long EXPIRY_NANOS = 60_000_000_000L;

  private final LocalCluster cluster;
  private final Path directory;
  private final Path log;
  private final Ledger ledger = new Ledger();
  private MountProcess mount;
  private @Nullable Process writers;
  private @Nullable Thread reader;

  FileWorkload(LocalCluster cluster, Path folder) throws IOException, InterruptedException {
    this.cluster = cluster;
    this.directory = folder.resolve("volume");
    this.log = folder.resolve("mount.log");
    try (TrivetClient client = TrivetClient.connect(cluster.endpoints())) {
      var _ = client.volumes().create(VOLUME, 0, true);
    }
    this.mount = mount();
  }

  /** A mount that was killed, or fenced, keeps the volume until its session has expired. */
  private MountProcess mount() throws IOException, InterruptedException {
    long end = System.nanoTime() + EXPIRY_NANOS;
    while (true) {
      MountProcess started = MountProcess.start(cluster, VOLUME, directory, log);
      try {
        started.awaitMounted();
        return started;
      } catch (TrivetException e) {
        started.close();
        if (System.nanoTime() > end) {
          throw e;
        }
      }
    }
  }

  @Override
  public String name() {
    return "files";
  }

  @Override
  public void start() {
    List<String> command = new ArrayList<>(cluster.javaFor(FileWriters.class.getName()));
    command.add(directory.toString());
    try {
      Process started =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      writers = started;
      reader = Thread.ofVirtual().start(() -> readAnswers(started));
    } catch (IOException e) {
      throw new UncheckedIOException("the writers were not started", e);
    }
  }

  private void readAnswers(Process from) {
    try (BufferedReader answers = from.inputReader()) {
      for (String line = answers.readLine(); line != null; line = answers.readLine()) {
        String name = line.substring(line.indexOf(' ') + 1);
        if (line.startsWith("done ")) {
          ledger.acknowledge(name, FileWriters.content(name));
        } else {
          ledger.leaveOpen(name);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the writers' answers were lost", e);
    }
  }

  @Override
  public void stop() throws InterruptedException {
    if (writers == null || reader == null) {
      return;
    }
    try {
      writers.getOutputStream().close();
    } catch (IOException e) {
      throw new UncheckedIOException("the writers cannot be told to end", e);
    }
    writers.waitFor();
    reader.join();
  }

  @Override
  public Ledger ledger() {
    return ledger;
  }

  @Override
  public List<String> check() {
    List<String> broken = new ArrayList<>();
    try {
      int code = mount.stop();
      if (code != 0) {
        broken.add("the mount ended with code " + code + ": see " + log);
      }
      mount = mount();
      for (var entry : ledger.acknowledged().entrySet()) {
        Path file = FileWriters.file(directory, entry.getKey());
        if (!Files.exists(file)) {
          broken.add("fsynced file " + file + " is lost");
        } else if (!Files.readString(file).equals(entry.getValue())) {
          broken.add("fsynced file " + file + " has other bytes");
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      broken.add("the check of the files was interrupted");
    } catch (IOException e) {
      throw new UncheckedIOException("the volume could not be read", e);
    }
    return broken;
  }

  @Override
  public void close() throws IOException {
    if (writers != null) {
      writers.destroyForcibly();
    }
    mount.close();
  }
}
