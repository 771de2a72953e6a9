package dev.trivet.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.trivet.client.TrivetClient;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.local.LocalCluster;
import dev.trivet.local.MountProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Files in a mounted volume, each written under a draft's name, forced, renamed. Promise: such a
 * file is there, whole, when the volume is mounted anew by another process.
 */
final class FileWorkload implements Workload {
  private static final String VOLUME = "chaos";
  private static final int THREADS = 2;
  private static final int LINES = 200;
  private static final long PAUSE_MILLIS = 50;
  private static final long EXPIRY_NANOS = 60_000_000_000L;

  private final LocalCluster cluster;
  private final Path directory;
  private final Path log;
  private final Ledger ledger = new Ledger();
  private final Writers writers = new Writers(ledger);
  private MountProcess mount;

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
    writers.start("file", THREADS, PAUSE_MILLIS, (name, _) -> write(name));
  }

  private String write(String name) {
    String content = (name + "\n").repeat(LINES);
    Path file = file(name);
    Path draft = file.resolveSibling(file.getFileName() + ".draft");
    try (FileChannel channel =
        FileChannel.open(draft, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(content.getBytes(UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
      return content;
    } catch (IOException e) {
      throw ErrorCode.OUTCOME_UNKNOWN.exception("the file system said: " + e, e);
    }
  }

  private Path file(String name) {
    return directory.resolve(name.replace('/', '-'));
  }

  @Override
  public void stop() throws InterruptedException {
    writers.stop();
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
        Path file = file(entry.getKey());
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
    mount.close();
  }
}
