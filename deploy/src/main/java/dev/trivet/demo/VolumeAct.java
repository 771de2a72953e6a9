package dev.trivet.demo;

import dev.trivet.client.TrivetClient;
import dev.trivet.errors.ErrorCode;
import dev.trivet.local.LocalCluster;
import dev.trivet.local.MountProcess;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A volume mounted by a process of its own: files are written and forced before the leader dies,
 * and more after; then another process mounts the volume anew and finds them all.
 */
final class VolumeAct implements Act {
  private static final String VOLUME = "demo";
  private static final int FILES = 20;
  private static final int FILE_BYTES = 100_000;

  private final LocalCluster cluster;
  private final KeptCluster kept;
  private final Narrator narrator;
  private final Path directory;
  private final Path log;

  /** Null until the volume is mounted. */
  private @Nullable MountProcess mount;

  VolumeAct(LocalCluster cluster, KeptCluster kept, Narrator narrator) {
    this.cluster = cluster;
    this.kept = kept;
    this.narrator = narrator;
    this.directory = kept.folder().resolve("volume");
    this.log = kept.folder().resolve("mount.log");
  }

  @Override
  public void before() throws IOException, InterruptedException {
    String obstacle = MountProcess.obstacle();
    if (!obstacle.isEmpty()) {
      narrator.say("no volume is mounted: " + obstacle);
      return;
    }
    try (TrivetClient client = TrivetClient.connect(List.of(cluster.endpoints().getLast()))) {
      Steadily.run(
          () -> {
            var _ = client.volumes().create(VOLUME, 0, true);
          });
    }
    mount();
    for (int i = 0; i < FILES / 2; i++) {
      write(i);
    }
    narrator.say("a volume is mounted at " + directory + ", " + FILES / 2 + " files are on disk");
  }

  @Override
  public void after() throws IOException, InterruptedException {
    if (mount == null) {
      return;
    }
    for (int i = FILES / 2; i < FILES; i++) {
      write(i);
    }
    int code = mount.stop();
    if (code != 0) {
      throw ErrorCode.CHECK_FAILED.exception("the mount ended with " + code + ": see " + log);
    }
    mount();
    List<String> faults = new ArrayList<>();
    for (int i = 0; i < FILES; i++) {
      if (!Files.exists(file(i))) {
        faults.add(file(i) + " is lost");
      } else if (!Arrays.equals(Files.readAllBytes(file(i)), content(i))) {
        faults.add(file(i) + " has other bytes");
      }
    }
    narrator.check("the volume, mounted anew, has each of " + FILES + " files", faults);
  }

  private void mount() throws IOException, InterruptedException {
    MountProcess started = MountProcess.start(cluster, VOLUME, directory, log);
    kept.remember(KeptCluster.Role.MOUNT, started.pid());
    mount = started;
    started.awaitMounted();
  }

  private Path file(int number) {
    return directory.resolve("file-" + number);
  }

  private void write(int number) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file(number), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(content(number));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
  }

  private static byte[] content(int number) throws IOException {
    try (InputStream bytes = new SeededBytes(number, FILE_BYTES)) {
      return bytes.readAllBytes();
    }
  }
}
