package dev.trivet.node;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trivet.Ports;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.node.founding.Founder;
import dev.trivet.peer.ClusterSecret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LostPartsTest {
  @TempDir Path folder = Path.of("");

  @ParameterizedTest
  @ValueSource(strings = {"raft", "store", "extents"})
  void aNodeThatLostAPartOfItsDataDoesNotGoOnUnderItsIdentity(String part) throws Exception {
    NodeOptions options = alone();
    for (int start = 0; start < 2; start++) {
      Node.start(options, LostPartsTest::fatal).close();
    }

    delete(options.data().resolve(part));

    assertThatThrownBy(() -> Node.start(options, LostPartsTest::fatal).close())
        .isInstanceOf(TrivetException.class)
        .extracting(refusal -> ((TrivetException) refusal).code())
        .isEqualTo(ErrorCode.DATA_CORRUPT);
  }

  private NodeOptions alone() {
    List<String> ports = Ports.free(3).stream().map(port -> "127.0.0.1:" + port).toList();
    Founder self =
        new Founder("n1", new Founder.Addresses(ports.get(0), ports.get(1), ports.get(2)));
    return new NodeOptions(
        "n1", folder.resolve("n1"), self.addresses(), "", ClusterSecret.NONE, List.of(self));
  }

  private static void delete(Path root) throws IOException {
    try (var files = Files.walk(root)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static void fatal(Throwable cause) {
    throw new AssertionError(cause);
  }
}
