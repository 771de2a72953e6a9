package dev.trivet.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.trivet.local.FreePorts;
import dev.trivet.local.LocalCluster;
import dev.trivet.local.NodeProcess;
import dev.trivet.store.Folders;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Debian's etcdctl, unmodified, takes a member out and another in, at any node. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class EtcdctlMembersTest {
  private static final Duration READY = Duration.ofMinutes(3);

  /** The newcomer gets the data first: more than the five seconds that are etcdctl's own limit. */
  private static final String PATIENTLY = " --command-timeout=60s";

  @TempDir private Path folder;

  @Test
  void aMemberWithoutItsDiskIsRemovedAddedAsLearnerAndPromotedAtAFollower() throws Exception {
    try (LocalCluster trivet = LocalCluster.at(folder, 3, List.of("-XX:TieredStopAtLevel=1"))) {
      trivet.startAll();
      trivet.awaitReady(READY);
      NodeProcess leader = trivet.at(leader(trivet.endpoints()));
      List<NodeProcess> followers = trivet.nodes().stream().filter(node -> node != leader).toList();
      NodeProcess lost = followers.getFirst();
      String asked = followers.getLast().endpoint();
      try (Playing etcdctl = new Playing(trivet.endpoints(), folder)) {
        assertThat(etcdctl.raw(asked, "put m/before 1")).containsExactly("OK");
        String peerUrl = column(etcdctl.raw(asked, "member list"), lost.name(), 3);
        lost.kill();
        Folders.deleteTree(lost.folder());

        assertThat(etcdctl.raw(asked, "member remove " + id(etcdctl, asked, lost)).toString())
            .contains("removed from cluster");
        assertThat(etcdctl.raw(asked, "member list")).hasSize(2);
        trivet.start(lost);
        String add = "member add " + lost.name() + " --learner --peer-urls " + peerUrl + PATIENTLY;
        await()
            .atMost(READY)
            .until(() -> etcdctl.raw(asked, add).toString().contains("added to cluster"));
        // It may have been added before it was at the door: then it has its place soon.
        await()
            .atMost(READY)
            .until(
                () ->
                    etcdctl.raw(asked, "member list").stream()
                        .anyMatch(line -> line.contains(", " + lost.name() + ", ")));
        assertThat(column(etcdctl.raw(asked, "member list"), lost.name(), 5)).isEqualTo("true");
        assertThat(etcdctl.raw(asked, add).toString())
            .contains("etcdserver: Peer URLs already exists");
        assertThat(
                etcdctl
                    .raw(asked, "member add another --learner --peer-urls http://127.0.0.1:1")
                    .toString())
            .contains("etcdserver: too many learner members in cluster");
        String promote = "member promote " + id(etcdctl, asked, lost) + PATIENTLY;
        await()
            .atMost(READY)
            .until(() -> etcdctl.raw(asked, promote).toString().contains("promoted in cluster"));

        assertThat(column(etcdctl.raw(asked, "member list"), lost.name(), 5)).isEqualTo("false");
        leader.kill();
        await()
            .atMost(READY)
            .untilAsserted(
                () ->
                    assertThat(etcdctl.raw(lost.endpoint(), "get m/before --print-value-only"))
                        .containsExactly("1"));
      }
    }
  }

  @Test
  void aMemberThatIsAddedFirstCountsInNoMajorityAndHasItsVoteSoonAfterItsStart() throws Exception {
    List<String> flags = List.of("-XX:TieredStopAtLevel=1");
    try (LocalCluster trivet = LocalCluster.at(folder, 3, flags)) {
      trivet.startAll();
      trivet.awaitReady(READY);
      NodeProcess leader = trivet.at(leader(trivet.endpoints()));
      NodeProcess follower =
          trivet.nodes().stream().filter(node -> node != leader).findFirst().orElseThrow();
      String asked = leader.endpoint();
      FreePorts ports = new FreePorts(new Random());
      NodeProcess.Addresses addresses =
          new NodeProcess.Addresses(ports.address(), ports.address(), ports.address());
      NodeProcess added = new NodeProcess("n4", folder.resolve("n4"), addresses, List.of());
      try (Playing etcdctl = new Playing(trivet.endpoints(), folder);
          LocalCluster four =
              LocalCluster.of(
                  Stream.concat(trivet.nodes().stream(), Stream.of(added)).toList(), flags)) {
        String add = "member add n4 --peer-urls http://" + addresses.peer();
        assertThat(etcdctl.raw(asked, add).toString()).contains("added to cluster");
        assertThat(etcdctl.raw(asked, "member list"))
            .hasSize(4)
            .anyMatch(line -> line.contains(", unstarted, , http://" + addresses.peer() + ", ,"));
        assertThat(etcdctl.raw(asked, add).toString())
            .contains("etcdserver: Peer URLs already exists");
        follower.kill();
        assertThat(etcdctl.raw(asked, "put m/two-of-three 1")).containsExactly("OK");
        trivet.start(follower);

        four.start(added);

        await()
            .atMost(READY)
            .until(
                () ->
                    etcdctl.raw(asked, "member list").stream()
                        .filter(line -> line.contains(", started, ") && line.endsWith(", false"))
                        .anyMatch(line -> line.contains(", n4, ")));
        await().atMost(READY).until(() -> etcdctl.raw(asked, "member list").size() == 4);
        assertThat(etcdctl.raw(added.endpoint(), "get m/two-of-three --print-value-only"))
            .containsExactly("1");
      }
    }
  }

  private String leader(List<String> endpoints) throws IOException, InterruptedException {
    try (Playing etcdctl = new Playing(endpoints, folder)) {
      return etcdctl.raw(String.join(",", endpoints), "endpoint status").stream()
          .filter(line -> line.split(", ", -1)[4].equals("true"))
          .map(line -> line.split(", ", -1)[0])
          .findFirst()
          .orElseThrow();
    }
  }

  private static String id(Playing etcdctl, String endpoint, NodeProcess node)
      throws IOException, InterruptedException {
    return column(etcdctl.raw(endpoint, "member list"), node.name(), 0);
  }

  /** Of etcdctl's list: id, status, name, peer addresses, client addresses, whether a learner. */
  private static String column(List<String> members, String name, int place) {
    return members.stream()
        .map(line -> line.split(", ", -1))
        .filter(columns -> columns[2].equals(name))
        .map(columns -> columns[place])
        .findFirst()
        .orElseThrow();
  }
}
