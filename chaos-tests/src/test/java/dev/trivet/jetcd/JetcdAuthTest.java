package dev.trivet.jetcd;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trivet.local.LocalCluster;
import io.etcd.jetcd.Auth;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.ClientBuilder;
import io.etcd.jetcd.auth.Permission;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Users and roles as a program makes them with jetcd 0.8.6. */
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class JetcdAuthTest {
  private static final Duration READY = Duration.ofMinutes(3);
  private static final long PATIENCE_SECONDS = 60;
  private static final ByteSequence ROOT = bytes("root");
  private static final ByteSequence SECRET = bytes("secret");
  private static final ByteSequence READER = bytes("reader");

  @TempDir private Path folder;

  @Test
  void usersMayDoWhatTheirRolesAllowWhileAuthenticationIsOn() throws Exception {
    try (LocalCluster cluster = LocalCluster.at(folder, 3, List.of("-XX:TieredStopAtLevel=1"))) {
      cluster.startAll();
      cluster.awaitReady(READY);
      try (Client stranger = clientOf(cluster).build()) {
        setUp(stranger.getAuthClient());
        var _ = done(stranger.getKVClient().put(bytes("open/a"), bytes("1")));
        var _ = done(stranger.getAuthClient().authEnable());

        assertThatThrownBy(() -> done(stranger.getKVClient().get(bytes("open/a"))))
            .hasMessageContaining("etcdserver: user name is empty");
        readerMayReadWhatItsRoleSays(cluster);
        wrongPasswordsAreRefused(cluster);
        rootTakesTheRoleAndTurnsAuthenticationOff(cluster);
        assertThat(done(stranger.getKVClient().get(bytes("open/a"))).getCount()).isEqualTo(1);
      }
    }
  }

  private static void setUp(Auth auth) throws Exception {
    var _ = done(auth.userAdd(ROOT, SECRET));
    var _ = done(auth.roleAdd(ROOT));
    var _ = done(auth.userGrantRole(ROOT, ROOT));
    var _ = done(auth.userAdd(READER, bytes("first")));
    var _ = done(auth.userChangePassword(READER, SECRET));
    var _ = done(auth.roleAdd(READER));
    var _ = done(auth.userGrantRole(READER, READER));
    var _ =
        done(
            auth.roleGrantPermission(READER, bytes("open/"), bytes("open0"), Permission.Type.READ));

    assertThat(done(auth.userList()).getUsers()).containsExactlyInAnyOrder("reader", "root");
    assertThat(done(auth.roleList()).getRoles()).containsExactlyInAnyOrder("reader", "root");
    assertThat(done(auth.userGet(READER)).getRoles()).containsExactly("reader");
    Permission permission = done(auth.roleGet(READER)).getPermissions().getFirst();
    assertThat(permission.getPermType()).isEqualTo(Permission.Type.READ);
    assertThat(permission.getKey()).isEqualTo(bytes("open/"));
    assertThat(permission.getRangeEnd()).isEqualTo(bytes("open0"));
  }

  private static void readerMayReadWhatItsRoleSays(LocalCluster cluster) throws Exception {
    try (Client reader = clientOf(cluster).user(READER).password(SECRET).build()) {
      assertThat(done(reader.getKVClient().get(bytes("open/a"))).getCount()).isEqualTo(1);
      assertThatThrownBy(() -> done(reader.getKVClient().put(bytes("open/a"), bytes("2"))))
          .hasMessageContaining("etcdserver: permission denied");
      assertThatThrownBy(() -> done(reader.getKVClient().get(bytes("closed/a"))))
          .hasMessageContaining("etcdserver: permission denied");
      assertThatThrownBy(() -> done(reader.getAuthClient().userList()))
          .hasMessageContaining("etcdserver: permission denied");
    }
  }

  private static void wrongPasswordsAreRefused(LocalCluster cluster) {
    try (Client guesser =
        clientOf(cluster).user(READER).password(bytes("first")).retryMaxAttempts(1).build()) {
      assertThatThrownBy(() -> done(guesser.getKVClient().get(bytes("open/a"))))
          .hasMessageContaining("UNAUTHENTICATED");
    }
  }

  private static void rootTakesTheRoleAndTurnsAuthenticationOff(LocalCluster cluster)
      throws Exception {
    try (Client root = clientOf(cluster).user(ROOT).password(SECRET).build();
        Client reader = clientOf(cluster).user(READER).password(SECRET).build()) {
      assertThat(done(reader.getKVClient().get(bytes("open/a"))).getCount()).isEqualTo(1);
      Auth auth = root.getAuthClient();
      var _ = done(auth.roleRevokePermission(READER, bytes("open/"), bytes("open0")));
      assertThatThrownBy(() -> done(reader.getKVClient().get(bytes("open/a"))))
          .hasMessageContaining("etcdserver: permission denied");
      var _ = done(auth.userRevokeRole(READER, READER));
      var _ = done(auth.roleDelete(READER));
      var _ = done(auth.userDelete(READER));
      assertThat(done(auth.userList()).getUsers()).containsExactly("root");
      var _ = done(auth.authDisable());
    }
  }

  private static ClientBuilder clientOf(LocalCluster cluster) {
    return Client.builder()
        .endpoints(
            cluster.endpoints().stream()
                .map(endpoint -> "http://" + endpoint)
                .toArray(String[]::new));
  }

  private static <T> T done(CompletableFuture<T> future)
      throws InterruptedException, ExecutionException, TimeoutException {
    return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private static ByteSequence bytes(String text) {
    return ByteSequence.from(text, UTF_8);
  }
}
