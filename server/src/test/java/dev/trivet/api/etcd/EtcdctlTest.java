package dev.trivet.api.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.trivet.api.ApiCluster;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@Timeout(120)
@ExtendWith(ApiCluster.Shared.class)
final class EtcdctlTest {
  private final ApiCluster cluster;
  private final Etcdctl leader;
  private final Etcdctl follower;
  private final Etcdctl other;

  EtcdctlTest(ApiCluster cluster) {
    this.cluster = cluster;
    leader = new Etcdctl(cluster.leader().self.clientAddress());
    follower = new Etcdctl(cluster.follower(0).self.clientAddress());
    other = new Etcdctl(cluster.follower(1).self.clientAddress());
  }

  @Test
  void whatOneNodePutAnotherGetsAndAThirdDeletes() throws Exception {
    assertThat(follower.run("put", "ctl/a/1", "one")).isEqualTo("OK\n");
    assertThat(leader.run("put", "ctl/a/2", "two")).isEqualTo("OK\n");

    assertThat(other.run("get", "--prefix", "ctl/a/")).isEqualTo("ctl/a/1\none\nctl/a/2\ntwo\n");
    assertThat(other.run("put", "--prev-kv", "ctl/a/1", "uno")).isEqualTo("OK\nctl/a/1\none\n");
    assertThat(leader.run("del", "--prefix", "ctl/a/")).isEqualTo("2\n");
    assertThat(follower.run("get", "--prefix", "ctl/a/")).isEmpty();
  }

  @Test
  void aTransactionTakesTheBranchOfItsCompares() throws Exception {
    leader.run("put", "ctl/t", "1");
    String transaction =
        """
        value("ctl/t") = "1"

        put ctl/t 2
        get ctl/t

        get ctl/t

        """;

    assertThat(follower.runWithInput(transaction, "txn")).isEqualTo("SUCCESS\n\nOK\n\nctl/t\n2\n");
    assertThat(other.runWithInput(transaction, "txn")).isEqualTo("FAILURE\n\nctl/t\n2\n");
  }

  @Test
  void aLeaseTakesItsKeysWithIt() throws Exception {
    String granted = follower.run("lease", "grant", "100");
    String id = granted.split(" ", 3)[1];
    other.run("put", "--lease=" + id, "ctl/l", "x");

    assertThat(granted).isEqualTo("lease " + id + " granted with TTL(100s)\n");
    assertThat(leader.run("lease", "list")).contains(id);
    assertThat(other.run("lease", "timetolive", "--keys", id))
        .contains("granted with TTL(100s)", "attached keys([ctl/l])");
    assertThat(follower.run("lease", "keep-alive", "--once", id))
        .contains("lease " + id + " keepalived with TTL(100)");
    follower.run("lease", "revoke", id);
    assertThat(leader.run("get", "ctl/l")).isEmpty();
    assertThat(other.run("lease", "timetolive", id)).contains("already expired");
    assertThat(other.fails("lease", "revoke", id))
        .contains("etcdserver: requested lease not found");
  }

  @Test
  void aWatchPrintsWhatHappens() throws Exception {
    Process watch = follower.begin("watch", "--prefix", "--prev-kv", "ctl/w/");
    try {
      StringBuilder printed = new StringBuilder();
      Thread reader = Thread.ofVirtual().start(() -> readAll(watch, printed));
      // The watcher is there once it has seen a first event.
      await()
          .atMost(ApiCluster.PATIENCE)
          .until(
              () -> {
                leader.run("put", "ctl/w/begin", "x");
                return textOf(printed).contains("ctl/w/begin");
              });

      leader.run("put", "ctl/w/a", "1");
      other.run("put", "ctl/w/a", "2");
      follower.run("del", "ctl/w/a");

      await()
          .atMost(ApiCluster.PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(textOf(printed))
                      .containsSubsequence(
                          "PUT\nctl/w/a\n1\n",
                          "PUT\nctl/w/a\n1\nctl/w/a\n2\n",
                          "DELETE\nctl/w/a\n2\nctl/w/a\n\n"));
      watch.destroy();
      reader.join();
    } finally {
      watch.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void everyMemberIsHealthyAndListed() throws Exception {
    Etcdctl all = new Etcdctl(cluster.endpoints());

    assertThat(all.run("member", "list").lines())
        .hasSize(3)
        .allMatch(line -> line.matches("[0-9a-f]+, started, n[0-2], http://.*, http://.*, false"));
    assertThat(all.run("endpoint", "health", "--cluster", "-w", "simple").lines())
        .allMatch(line -> line.contains("is healthy"));
    assertThat(all.run("endpoint", "status", "-w", "fields").lines())
        .filteredOn(line -> line.startsWith("\"Version\""))
        .hasSize(3)
        .allMatch(line -> line.contains("3.5"));
  }

  @Test
  void aCompactedRevisionCannotBeRead() throws Exception {
    leader.run("put", "ctl/c", "1");
    String revision = revisionOf(follower.run("put", "ctl/c", "2", "-w", "fields"));

    assertThat(other.run("compact", revision)).isEqualTo("compacted revision " + revision + "\n");
    assertThat(leader.run("get", "ctl/c", "--rev", revision)).isEqualTo("ctl/c\n2\n");
    assertThat(leader.fails("get", "ctl/c", "--rev", "2"))
        .contains("etcdserver: mvcc: required revision has been compacted");
    assertThat(leader.fails("get", "ctl/c", "--rev", "1000000"))
        .contains("etcdserver: mvcc: required revision is a future revision");
  }

  private static String revisionOf(String fields) {
    return fields
        .lines()
        .filter(line -> line.startsWith("\"Revision\""))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElseThrow();
  }

  private static void readAll(Process process, StringBuilder into) {
    process
        .inputReader()
        .lines()
        .forEach(
            line -> {
              synchronized (into) {
                into.append(line).append('\n');
              }
            });
  }

  private static String textOf(StringBuilder printed) {
    synchronized (printed) {
      return printed.toString();
    }
  }
}
