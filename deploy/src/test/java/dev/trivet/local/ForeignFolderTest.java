package dev.trivet.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.trivet.client.TrivetClient;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.store.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Folders of one cluster end up on the servers of another: everything but the data is the same. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ForeignFolderTest {
  private static final Duration READY = Duration.ofMinutes(2);
  private static final ByteString KEY = ByteString.copyFromUtf8("k");
  private static final ByteString OURS = ByteString.copyFromUtf8("ours");

  @TempDir private Path folder = Path.of("");

  @Test
  void aNodeWithAnotherClustersFolderIsRefusedAndTheOthersServeOn() throws Exception {
    List<NodeProcess.Addresses> addresses = new ArrayList<>();
    FreePorts ports = new FreePorts(new Random());
    for (int i = 0; i < 3; i++) {
      addresses.add(new NodeProcess.Addresses(ports.address(), ports.address(), ports.address()));
    }
    try (LocalCluster theirs = founded("theirs", addresses)) {
      for (NodeProcess node : theirs.nodes()) {
        assertThat(node.stop()).isZero();
      }
      try (LocalCluster ours = founded("ours", addresses)) {
        put(ours.nodes().getFirst(), OURS);
        NodeProcess replaced = ours.nodes().getLast();
        assertThat(replaced.stop()).isZero();

        NodeProcess foreign = theirs.nodes().getLast();
        Files.deleteIfExists(foreign.logFile());
        theirs.start(foreign);

        await()
            .atMost(READY)
            .untilAsserted(
                () ->
                    assertThat(Files.readString(foreign.logFile()))
                        .contains("is of another cluster than this node's data folder"));
        assertThat(foreign.isReady()).isFalse();
        for (NodeProcess node : ours.nodes().subList(0, 2)) {
          put(node, OURS);
          try (TrivetClient client = TrivetClient.connect(List.of(node.endpoint()))) {
            assertThat(client.keys().get(KEY).orElseThrow().getValue()).isEqualTo(OURS);
          }
        }
        foreign.kill();
        ours.start(replaced);
        ours.awaitReady(READY);
      }
    } finally {
      Folders.deleteTree(folder.resolve("theirs"));
    }
  }

  private LocalCluster founded(String name, List<NodeProcess.Addresses> addresses)
      throws IOException, InterruptedException {
    List<NodeProcess> nodes = new ArrayList<>();
    for (int i = 0; i < addresses.size(); i++) {
      String node = "n" + (i + 1);
      nodes.add(
          new NodeProcess(node, folder.resolve(name).resolve(node), addresses.get(i), List.of()));
    }
    LocalCluster cluster = LocalCluster.of(nodes);
    cluster.startAll();
    cluster.awaitReady(READY);
    return cluster;
  }

  private static void put(NodeProcess node, ByteString value) {
    try (TrivetClient client = TrivetClient.connect(List.of(node.endpoint()))) {
      var _ = client.keys().put(PutRequest.newBuilder().setKey(KEY).setValue(value).build());
    }
  }
}
