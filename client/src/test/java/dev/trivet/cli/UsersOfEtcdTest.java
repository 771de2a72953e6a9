package dev.trivet.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.trivet.client.EtcdProcess;
import dev.trivet.client.TrivetClient;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.etcd.AuthDisableRequest;
import dev.trivet.proto.etcd.AuthEnableRequest;
import dev.trivet.proto.etcd.AuthGrpc;
import dev.trivet.proto.etcd.AuthUserAddRequest;
import dev.trivet.proto.etcd.AuthUserChangePasswordRequest;
import dev.trivet.proto.etcd.AuthUserGrantRoleRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Users at a real etcd, which names its refusals by text alone. */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class UsersOfEtcdTest {
  private static final ByteString KEY = ByteString.copyFromUtf8("k");
  private static final String PASSWORD = "secret";

  private final Path folder;
  private EtcdProcess etcd;
  private TrivetClient root;
  private AuthGrpc.AuthBlockingStub users;

  UsersOfEtcdTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @BeforeAll
  void start() {
    etcd = EtcdProcess.start(folder);
    root = client(PASSWORD);
    users = AuthGrpc.newBlockingStub(root.channel());
    var _ =
        users.userAdd(
            AuthUserAddRequest.newBuilder().setName("root").setPassword(PASSWORD).build());
    var _ =
        users.userGrantRole(
            AuthUserGrantRoleRequest.newBuilder().setUser("root").setRole("root").build());
    var _ = users.authEnable(AuthEnableRequest.getDefaultInstance());
  }

  @AfterAll
  void stop() {
    if (root != null) {
      root.close();
    }
    if (etcd != null) {
      etcd.close();
    }
  }

  @Test
  void aTokenThatEndedIsReplacedWithoutAnybodySeeingIt() {
    try (TrivetClient client = client(PASSWORD)) {
      var _ = client.keys().put(KEY, ByteString.copyFromUtf8("1"));

      var _ =
          users.userChangePassword(
              AuthUserChangePasswordRequest.newBuilder()
                  .setName("root")
                  .setPassword(PASSWORD)
                  .build());
      var _ = client.keys().put(KEY, ByteString.copyFromUtf8("2"));
      var _ = users.authDisable(AuthDisableRequest.getDefaultInstance());
      var _ = users.authEnable(AuthEnableRequest.getDefaultInstance());

      assertThat(client.keys().get(KEY).orElseThrow().getValue().toStringUtf8()).isEqualTo("2");
    }
  }

  @Test
  void aBenchSpeaksAsAUserAndIsRefusedAsAnyCommandIs() {
    CommandUse use = new CommandUse();
    List<String> bench =
        List.of(
            "bench",
            "kv",
            "--endpoints",
            etcd.endpoint(),
            "--clients=2",
            "--keys=10",
            "--seconds=0.3",
            "--warmup=0",
            "-o",
            "json");

    int asNobody = use.run(bench.toArray(String[]::new));
    int asRoot = use.run(with(bench, "--user=root:" + PASSWORD));
    int withoutRight = use.run(with(bench, "--user=root:wrong"));

    assertThat(asNobody).isEqualTo(4);
    assertThat(String.join("\n", use.errors())).contains("user name is empty");
    assertThat(asRoot).isZero();
    assertThat(use.out()).contains("\"errors\":0");
    assertThat(withoutRight).isEqualTo(6);
  }

  private static String[] with(List<String> arguments, String more) {
    List<String> all = new ArrayList<>(arguments);
    all.add(more);
    return all.toArray(String[]::new);
  }

  @Test
  void aWrongPasswordIsNotAllowed() {
    try (TrivetClient client = client("wrong")) {
      assertThatThrownBy(() -> client.keys().get(KEY))
          .isInstanceOfSatisfying(
              TrivetException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.AUTH_FAILED));
    }
  }

  @Test
  void thePasswordIsThatOfTheFlagElseOfTheEnvironmentElseOfTheFile() throws IOException {
    Path right = Files.writeString(folder.resolve("right"), PASSWORD + "\n");
    Path wrong = Files.writeString(folder.resolve("wrong"), "wrong\n");
    Map<String, String> good = Map.of("TRIVET_PASSWORD", PASSWORD, "TRIVET_USER", "root");
    Map<String, String> bad = Map.of("TRIVET_PASSWORD", "wrong", "TRIVET_USER", "root");
    Map<String, String> file =
        Map.of("TRIVET_PASSWORD_FILE", right.toString(), "TRIVET_USER", "root");

    assertThat(put(good)).isZero();
    assertThat(put(file)).isZero();
    assertThat(put(bad)).isEqualTo(6);
    assertThat(put(bad, "--user", "root:" + PASSWORD)).isZero();
    assertThat(put(bad, "--password", PASSWORD)).isZero();
    assertThat(put(bad, "--password-file", right.toString())).isZero();
    assertThat(put(good, "--password-file", wrong.toString())).isEqualTo(6);
  }

  @Test
  void aUserWithoutAPasswordIsAWrongUseThatSaysWhatToDo() {
    CommandUse use = new CommandUse();

    int code = use.run("get", "k", "--user", "root", "--endpoints", etcd.endpoint());

    assertThat(code).isEqualTo(2);
    assertThat(use.errors().getFirst())
        .contains("'root' is given without a password", "TRIVET_PASSWORD", "--password-file");
  }

  private int put(Map<String, String> environment, String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("put", "k", "1", "--endpoints", etcd.endpoint()));
    arguments.addAll(List.of(more));
    return new CommandUse().run(environment, arguments.toArray(String[]::new));
  }

  private TrivetClient client(String password) {
    return TrivetClient.builder(List.of(etcd.endpoint())).user("root", password).connect();
  }
}
