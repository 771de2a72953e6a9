package dev.trivet.mount;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.trivet.client.TrivetClient;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.foreign.ForeignProgram;
import dev.trivet.local.LocalCluster;
import dev.trivet.local.NodeProcess;
import dev.trivet.mount.kernel.Mounts;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a mount promises, on three nodes that are processes of their own. */
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class MountedVolumeTest {
  private static final Duration READY = Duration.ofMinutes(3);
  private static final Duration TIME_TO_LIVE = Duration.ofSeconds(15);
  private static final Duration SHORT_LIFE = Duration.ofSeconds(4);

  @TempDir private static Path folder;
  private static LocalCluster cluster;
  private static TrivetClient client;

  private String volume = "";
  private Path directory = folder;

  @BeforeAll
  static void startCluster() throws IOException, InterruptedException {
    Assumptions.assumeTrue(Files.exists(Path.of("/dev/fuse")), "there is no /dev/fuse");
    Assumptions.assumeTrue(
        Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0), "mounting needs root");
    cluster = LocalCluster.at(folder, 3, List.of());
    cluster.startAll();
    cluster.awaitReady(READY);
    client = TrivetClient.connect(cluster.endpoints());
  }

  @AfterAll
  static void stopCluster() {
    if (client != null) {
      client.close();
    }
    if (cluster != null) {
      cluster.close();
    }
  }

  @BeforeEach
  void createVolume(TestInfo test) throws IOException {
    volume = test.getTestMethod().orElseThrow().getName();
    directory = Files.createDirectory(folder.resolve("at-" + volume));
    client.volumes().create(volume, 0, false);
  }

  @AfterEach
  void detach() throws IOException {
    Mounts.below(folder).forEach(Mounts::detach);
  }

  private VolumeMount mount() {
    return mount(directory);
  }

  private VolumeMount mount(Path at) {
    return VolumeMount.open(client, volume, at, "test", TIME_TO_LIVE);
  }

  @Test
  void everyProgramOfFileCallsLeavesWhatItWroteForTheNextMount() throws IOException {
    for (long seed = 1; seed <= 3; seed++) {
      Path place = directory.resolve("p" + seed);
      try (FileProgram program = new FileProgram(place, seed)) {
        try (VolumeMount _ = mount()) {
          Files.createDirectory(place);
          program.run(150);
          program.compareAll();
          program.closeFiles();
        }
        try (VolumeMount _ = mount()) {
          program.compareAll();
        }
      }
    }
  }

  @Test
  void whatFsyncConfirmedIsThereWhenTheMountIsKilled() throws Exception {
    byte[] content = "confirmed".repeat(100_000).getBytes(StandardCharsets.US_ASCII);
    Path file = directory.resolve("file");
    Process process = mountInAnotherProcess();
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      int _ = channel.write(ByteBuffer.wrap(content));
      channel.force(true);
      process.destroyForcibly().waitFor();
      assertThat(Mounts.detach(directory)).isZero();
    } catch (IOException _) {
      // Closing says that the mount is gone.
    } finally {
      process.destroyForcibly();
    }

    try (VolumeMount _ = mountWhenFree(directory)) {
      assertThat(Files.readAllBytes(file)).isEqualTo(content);
    }
  }

  @Test
  void aMountThatIsToldToEndStoresWhatWasWrittenAndFreesTheVolume() throws Exception {
    Process process = mountInAnotherProcess();
    try {
      Path file = directory.resolve("file");
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      int _ = channel.write(ByteBuffer.wrap(new byte[] {42}));

      process.destroy();

      assertThat(process.waitFor()).isZero();
      assertThatThrownBy(channel::close).isInstanceOf(IOException.class);
      try (VolumeMount _ = mount()) {
        assertThat(Files.readAllBytes(file)).containsExactly(42);
      }
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void aSecondMountIsRefusedWhileTheFirstLivesAndNotAfterwards() throws IOException {
    Path other = Files.createDirectory(folder.resolve("other"));
    try (VolumeMount _ = mount()) {
      assertThatThrownBy(() -> VolumeMount.open(client, volume, other, "second"))
          .matches(e -> isRefusal(e, ErrorCode.VOLUME_IN_USE));
    }

    try (VolumeMount second = VolumeMount.open(client, volume, other, "second")) {
      assertThat(second.isFenced()).isFalse();
    }
  }

  @Test
  void readersNeverMissAFileThatIsReplacedByRename() throws Exception {
    try (VolumeMount _ = mount()) {
      Path file = directory.resolve("file");
      Files.writeString(file, "0".repeat(10_000));
      AtomicBoolean isDone = new AtomicBoolean();
      AtomicInteger reads = new AtomicInteger();
      CompletableFuture<Void> reader =
          CompletableFuture.runAsync(
              () -> {
                while (!isDone.get()) {
                  String text = read(file);
                  assertThat(text).isEqualTo(text.substring(0, 1).repeat(10_000));
                  reads.incrementAndGet();
                }
              });

      for (int i = 0; i < 60; i++) {
        Path next = directory.resolve("next");
        Files.writeString(next, Integer.toString(i % 10).repeat(10_000));
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      }

      isDone.set(true);
      reader.get();
      assertThat(reads.get()).isPositive();
    }
  }

  @Test
  void aLeaderThatIsKilledShowsAsAPauseAndFailsNothing() throws Exception {
    try (VolumeMount _ = mount()) {
      AtomicBoolean isDone = new AtomicBoolean();
      AtomicInteger written = new AtomicInteger();
      CompletableFuture<Void> writer =
          CompletableFuture.runAsync(
              () -> {
                while (!isDone.get()) {
                  int number = written.get();
                  write(directory.resolve("f" + number), "content " + number);
                  written.incrementAndGet();
                }
              });
      await().until(() -> written.get() > 5 || writer.isDone());
      NodeProcess leader = leader();
      leader.kill();
      int before = written.get();
      await()
          .atMost(60, TimeUnit.SECONDS)
          .until(() -> written.get() > before + 5 || writer.isDone());

      isDone.set(true);
      writer.get();

      for (int number = 0; number < written.get(); number++) {
        assertThat(read(directory.resolve("f" + number))).isEqualTo("content " + number);
      }
      cluster.start(leader);
      cluster.awaitReady(READY);
    }
  }

  @Test
  void aMountThatStoodStillWhileAnotherTookTheVolumeWritesNothingMore() throws Exception {
    Path file = directory.resolve("file");
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    Process stopped = mountInAnotherProcess();
    try (Shell shell = new Shell()) {
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      int _ = channel.write(ByteBuffer.wrap("kept".getBytes(StandardCharsets.US_ASCII)));
      channel.force(true);
      int _ = channel.write(ByteBuffer.wrap("late".getBytes(StandardCharsets.US_ASCII)));
      shell.run("kill -STOP " + stopped.pid());
      try (VolumeMount _ = mountWhenFree(elsewhere)) {
        shell.run("kill -CONT " + stopped.pid());

        assertThatThrownBy(() -> channel.force(true)).hasMessageContaining("Input/output error");
        assertThatThrownBy(() -> Files.readString(file)).hasMessageContaining("Input/output error");
        assertThat(elsewhere.resolve("file")).hasContent("kept");
      } finally {
        shell.run("kill -CONT " + stopped.pid());
        stopped.destroyForcibly().waitFor();
        assertThatThrownBy(channel::close).isInstanceOf(IOException.class);
      }
    }
  }

  @Test
  void aClusterThatIsAwayForLongerThanASessionShowsAsAPauseAndFailsNothing() throws Exception {
    try (VolumeMount mount = VolumeMount.open(client, volume, directory, "test", SHORT_LIFE);
        Shell shell = new Shell()) {
      Path file = directory.resolve("file");
      Files.writeString(file, "before");
      for (NodeProcess node : cluster.nodes()) {
        node.kill();
      }
      CompletableFuture<Void> write =
          CompletableFuture.runAsync(() -> shell.run("printf meanwhile >" + directory + "/other"));
      await().atMost(30, TimeUnit.SECONDS).until(() -> !mount.isCertain());
      cluster.startAll();

      write.get();

      assertThat(mount.isFenced()).isFalse();
      assertThat(file).hasContent("before");
      assertThat(directory.resolve("other")).hasContent("meanwhile");
    }
  }

  @Test
  void gitWorksOnIt() throws Exception {
    var _ = ForeignProgram.GIT.require();
    try (VolumeMount _ = mount()) {
      String script =
          "git init -q . && for i in 1 2 3 4 5; do echo $i > f$i; done && git add . "
              + "&& git -c user.name=n -c user.email=e@x commit -q -m first "
              + "&& git fsck --strict && test -z \"$(git status --porcelain)\"";

      assertThat(shell(script)).isZero();
    }
  }

  @Test
  void sqliteWorksOnIt() throws Exception {
    var _ = ForeignProgram.SQLITE.require();
    try (VolumeMount _ = mount()) {
      String script =
          "sqlite3 d 'pragma journal_mode=wal; create table t(a); insert into t values(1);' "
              + "&& sqlite3 d 'insert into t values(2);' "
              + "&& test \"$(sqlite3 d 'pragma integrity_check; select sum(a) from t;')\" = \"ok\n3\"";

      assertThat(shell(script)).isZero();
    }
  }

  private Process mountInAnotherProcess() throws IOException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-Xmx128m",
            "-cp",
            System.getProperty("java.class.path"),
            "dev.trivet.launch.Main",
            "mount",
            volume,
            directory.toString(),
            "--endpoints",
            String.join(",", cluster.endpoints()));
    Process process =
        new ProcessBuilder(command).redirectError(folder.resolve("mount.log").toFile()).start();
    try (BufferedReader said = process.inputReader()) {
      assertThat(said.readLine()).isEqualTo("mounted " + volume + " at " + directory);
    }
    return process;
  }

  private VolumeMount mountWhenFree(Path at) {
    AtomicReference<VolumeMount> mounted = new AtomicReference<>();
    await()
        .atMost(60, TimeUnit.SECONDS)
        .ignoreExceptionsMatching(e -> isRefusal(e, ErrorCode.VOLUME_IN_USE))
        .until(
            () -> {
              mounted.set(mount(at));
              return true;
            });
    return mounted.get();
  }

  private int shell(String script) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder("/bin/sh", "-ec", script)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("shell.log").toFile())
            .start();
    if (!process.waitFor(90, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    return process.waitFor();
  }

  private static NodeProcess leader() {
    String name = client.cluster().status().getLeader();
    return cluster.nodes().stream()
        .filter(node -> node.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static boolean isRefusal(Throwable thrown, ErrorCode code) {
    return thrown instanceof TrivetException refusal && refusal.code() == code;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
