package dev.trivet.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trivet.errors.ErrorCode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node that cannot serve ends with a clear text and exit code, and leaves others alone. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class BadStartTest {
  private static final Duration READY = Duration.ofMinutes(2);
  private static final int VERSION_AT = 8;

  @TempDir private Path folder = Path.of("");
  private final FreePorts ports = new FreePorts(new Random());
  private final NodeProcess.Addresses addresses =
      new NodeProcess.Addresses(ports.address(), ports.address(), ports.address());

  @Test
  void aTakenPortIsNamedBeforeAnythingIsStartedOnIt() throws Exception {
    for (String taken : List.of(addresses.raft(), addresses.peer(), addresses.client())) {
      int port = Integer.parseInt(taken.substring(taken.indexOf(':') + 1));
      NodeProcess node = node("taken" + port, List.of());
      try (ServerSocket _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        start(node);

        assertThat(node.awaitEnd()).isEqualTo(ErrorCode.PORT_UNUSABLE.exitCode());
        assertThat(Files.readString(node.logFile()))
            .contains(taken + " cannot be listened on", "next: end what listens there")
            .doesNotContain("\tat ");
      }
    }
  }

  @Test
  void aFolderThatCannotBeWrittenIsNamed() throws Exception {
    Assumptions.assumeTrue(
        Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0), "mounting needs root");
    Path readOnly = Files.createDirectory(folder.resolve("read-only"));
    List<String> prefix =
        List.of(
            "unshare",
            "--mount",
            "sh",
            "-c",
            "mount -t tmpfs -o ro none " + readOnly + " && exec \"$@\"",
            "sh");
    NodeProcess node = new NodeProcess("n1", readOnly, addresses, prefix);
    start(node);

    assertThat(node.awaitEnd()).isEqualTo(ErrorCode.LOCAL_IO.exitCode());
    assertThat(Files.readString(node.logFile()))
        .contains(readOnly + "/lock: Read-only file system")
        .doesNotContain("\tat ");
  }

  @Test
  void aFolderOfANewerVersionOrADamagedOneIsRefusedAndLeftAsItIs() throws Exception {
    NodeProcess node = node("n1", List.of());
    LocalCluster alone = LocalCluster.of(List.of(node));
    try (alone) {
      alone.startAll();
      alone.awaitReady(READY);
      assertThat(node.stop()).isZero();
      Path identity = node.folder().resolve("identity");
      byte[] good = Files.readAllBytes(identity);

      byte[] newer = good.clone();
      ByteBuffer.wrap(newer).putInt(VERSION_AT, 99);
      Files.write(identity, newer);
      assertRefused(node, ErrorCode.DATA_TOO_NEW, "has version 99");
      assertThat(Files.readAllBytes(identity)).isEqualTo(newer);

      byte[] damaged = good.clone();
      damaged[good.length / 2] ^= 1;
      Files.write(identity, damaged);
      assertRefused(node, ErrorCode.DATA_CORRUPT, "does not have its checksum");

      Files.write(identity, good);
      Path manifest;
      try (var files = Files.list(node.folder().resolve("store"))) {
        manifest =
            files
                .filter(file -> file.getFileName().toString().startsWith("MANIFEST"))
                .findFirst()
                .orElseThrow();
      }
      byte[] table = Files.readAllBytes(manifest);
      byte[] broken = table.clone();
      broken[broken.length / 2] ^= 1;
      Files.write(manifest, broken);
      assertRefused(node, ErrorCode.DATA_CORRUPT, "is damaged");

      Files.write(manifest, table, StandardOpenOption.TRUNCATE_EXISTING);
      alone.startAll();
      alone.awaitReady(READY);
    }
  }

  private static void assertRefused(NodeProcess node, ErrorCode code, String text)
      throws IOException, InterruptedException {
    Files.deleteIfExists(node.logFile());
    start(node);

    assertThat(node.awaitEnd()).as(text).isEqualTo(code.exitCode());
    assertThat(Files.readString(node.logFile())).contains(text, "next: " + code.nextStep());
  }

  private NodeProcess node(String name, List<String> prefix) {
    return new NodeProcess(name, folder.resolve(name), addresses, prefix);
  }

  private static void start(NodeProcess node) throws IOException {
    LocalCluster.of(List.of(node)).start(node);
  }
}
