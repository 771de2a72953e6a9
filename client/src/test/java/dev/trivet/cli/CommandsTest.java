package dev.trivet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trivet.client.SmallNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the commands say without a cluster: nobody there, or a node that knows keys alone. */
final class CommandsTest {
  private final CommandUse use = new CommandUse();

  @TempDir private Path folder;
  private SmallNode node;

  @BeforeEach
  void start() throws IOException {
    node = SmallNode.start();
  }

  @AfterEach
  void stop() {
    node.close();
  }

  @Test
  void aCopyNeedsExactlyOneBlob() {
    assertThat(use.run("blob", "cp", "a", "b")).isEqualTo(2);
    assertThat(use.run("blob", "cp", "trivet:a/b", "trivet:c/d")).isEqualTo(2);

    assertThat(use.errors())
        .contains(
            "exactly one of SRC and DST begins with 'trivet:', got 'a' and 'b'",
            "exactly one of SRC and DST begins with 'trivet:', got 'trivet:a/b' and 'trivet:c/d'");
  }

  @Test
  void aBlobWithoutAKeyIsRefused() {
    assertThat(use.run("blob", "rm", "photos")).isEqualTo(2);

    assertThat(use.errors()).contains("'photos' has no key: BUCKET/KEY is needed");
  }

  @Test
  void standardInputNeedsAName() {
    assertThat(use.run("blob", "cp", "-", "trivet:photos/")).isEqualTo(2);

    assertThat(use.errors().getFirst()).contains("standard input has no name");
  }

  @Test
  void aSourceThatIsNoFileIsNamed() {
    String missing = folder.resolve("missing").toString();

    assertThat(use.run("blob", "cp", missing, "trivet:photos/x")).isEqualTo(3);

    assertThat(use.errors()).contains("'" + missing + "' is no file");
  }

  @Test
  void aDownloadThatFailedLeavesNoFileBehind() throws IOException {
    Path target = folder.resolve("photo");

    int code =
        use.run("blob", "cp", "trivet:b/k", target.toString(), "--endpoints", node.endpoint());

    assertThat(code).isEqualTo(1);
    try (var files = Files.list(folder)) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void aQuotaThatIsNoSizeIsRefused() {
    assertThat(use.run("volume", "create", "v", "--quota", "1x")).isEqualTo(2);

    assertThat(use.errors().getFirst()).contains("'1x'");
  }

  @Test
  void aNegativeWaitIsRefusedWithWhatIsAllowed() {
    assertThat(use.run("cluster", "status", "--wait-whole", "-1")).isEqualTo(2);

    assertThat(use.errors()).contains("--wait-whole is -1 s, at least 0 is needed");
  }

  @Test
  void aClusterThatDidNotBecomeWholeIsAFailedCheck() throws IOException {
    int code = use.run("cluster", "status", "--wait-whole", "1", "--endpoints", node.endpoint());

    assertThat(code).isEqualTo(7);
    assertThat(use.errors().getFirst()).startsWith("not whole after 1 s: ");
  }

  @Test
  void aClusterThatCannotBeAskedIsUnreachable() throws IOException {
    assertThat(use.run("cluster", "status", "--endpoints", deadEndpoint())).isEqualTo(4);
  }

  @Test
  void theDoctorTellsEachCheckAndFailsForANodeThatDoesNotAnswer() throws IOException {
    int code = use.run("doctor", "--folder", folder.toString(), "--endpoints", node.endpoint());

    assertThat(code).isEqualTo(7);
    assertThat(use.out())
        .contains("java: version ")
        .contains("/dev/fuse")
        .contains("fsync of 4 KiB takes ")
        .contains("fail  node " + node.endpoint())
        .contains("next: see docs/status.md");
    assertThat(use.errors().getFirst()).contains("1 of 4 checks failed");
  }

  @Test
  void theDoctorFailsForAFolderThatCannotBeMeasured() throws IOException {
    use.run(
        "doctor", "--folder", folder.resolve("none").toString(), "--endpoints", node.endpoint());

    assertThat(use.errors().getFirst()).contains("2 of 4 checks failed");
  }

  private static String deadEndpoint() throws IOException {
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return "127.0.0.1:" + closed.getLocalPort();
    }
  }
}
