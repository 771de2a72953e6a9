package dev.trivet.api.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.trivet.Ports;
import dev.trivet.api.ApiCluster;
import dev.trivet.foreign.ForeignProgram;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The same commands, by the same etcdctl, at a real etcd and at three nodes of this one. */
@Timeout(300)
final class EtcdctlAuthTest {
  /** What etcdctl asks for at the terminal follows the sign {@code <}. */
  private static final String SCRIPT =
      """
      auth enable
      user get root
      user add root --interactive=false < root
      auth enable
      user add alice:a
      --user root:root user add alice:a
      --user root:root user add alice:a
      --user root:root user add bob --no-password
      --user root:root role add r
      --user root:root role add r
      --user root:root role get none
      --user root:root role grant-permission r readwrite k/ k0
      --user root:root role grant-permission r read one
      --user root:root role grant-permission r write --prefix=true p/
      --user root:root role grant-permission r read --from-key=true z
      --user root:root role grant-permission none read a
      --user root:root role get r
      --user root:root user grant-role alice r
      --user root:root user grant-role alice r
      --user root:root user grant-role alice none
      --user root:root user grant-role none r
      --user root:root user get alice --detail
      --user root:root user get none
      --user alice:a user get alice
      --user alice:a user get root
      --user alice:a user list
      --user alice:a role get r
      --user alice:a role get root
      --user alice:a role list
      --user alice:wrong get k/a
      --user nobody:x get k/a
      get k/a
      put k/a 1
      --user alice:a put k/a 1
      --user alice:a get k/a
      --user alice:a put q 1
      --user alice:a get one
      --user alice:a put one 1
      --user alice:a put p/x 1
      --user alice:a put p/x 2 --prev-kv
      --user alice:a get p/x
      --user alice:a get --from-key z
      --user alice:a get --from-key y
      --user alice:a get --prefix k/
      --user alice:a del k/ k0 --prev-kv
      --user alice:a del a zz
      --user root:root put q 1
      --user root:root role revoke-permission r one
      --user root:root role revoke-permission r one
      --user root:root role revoke-permission none one
      --user alice:a get one
      --user root:root user revoke-role alice none
      --user root:root user revoke-role alice r
      --user root:root user revoke-role root root
      --user alice:a get k/a
      --user root:root user passwd alice --interactive=false < b
      --user alice:a get k/a
      --user alice:b get k/a
      --user root:root user grant-role alice root
      --user alice:b role delete r
      --user alice:b role delete root
      --user alice:b user delete root
      --user root:root role list
      --user root:root role delete none
      --user root:root user delete alice
      --user root:root user delete alice
      --user root:root user list
      --user alice:b get q
      auth disable
      --user root:root auth disable
      get q
      --user root:root get q
      auth disable
      auth enable
      --user root:root auth enable
      """;

  @Test
  void usersRolesAndErrorsReadAsAtARealEtcd(@TempDir Path folder) throws Exception {
    Path program = ForeignProgram.ETCD.require();
    List<Integer> ports = Ports.free(2);
    Process etcd = etcd(program, folder, ports);
    try (ApiCluster cluster = new ApiCluster()) {
      Etcdctl expected = new Etcdctl("127.0.0.1:" + ports.getFirst());
      await()
          .atMost(ApiCluster.PATIENCE)
          .until(() -> expected.says("", "get", "nothing").isEmpty());

      String said = run(new Etcdctl(cluster.endpoints()));

      assertThat(said).isEqualTo(run(expected));
    } finally {
      etcd.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
    }
  }

  private static String run(Etcdctl etcdctl) throws IOException, InterruptedException {
    StringBuilder all = new StringBuilder();
    for (String line : SCRIPT.lines().toList()) {
      String[] halves = line.split(" < ", 2);
      String typed = halves.length == 2 ? halves[1] + "\n" : "";
      all.append("$ ").append(line).append('\n');
      all.append(etcdctl.says(typed, halves[0].split(" ")));
    }
    return all.toString();
  }

  private static Process etcd(Path program, Path folder, List<Integer> ports) throws IOException {
    String client = "http://127.0.0.1:" + ports.getFirst();
    String peer = "http://127.0.0.1:" + ports.getLast();
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(
        List.of(
            "--data-dir=" + folder.resolve("etcd"),
            "--listen-client-urls=" + client,
            "--advertise-client-urls=" + client,
            "--listen-peer-urls=" + peer,
            "--initial-advertise-peer-urls=" + peer,
            "--initial-cluster=default=" + peer));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("etcd.log").toFile())
        .start();
  }
}
