package dev.trivet.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.trivet.client.KeptLease;
import dev.trivet.client.TrivetClient;
import dev.trivet.client.Waiting;
import dev.trivet.client.Watch;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.locks.Held;
import dev.trivet.locks.Lock;
import dev.trivet.proto.api.PutBlobHeader;
import dev.trivet.proto.etcd.AuthDisableRequest;
import dev.trivet.proto.etcd.AuthEnableRequest;
import dev.trivet.proto.etcd.AuthGrpc;
import dev.trivet.proto.etcd.AuthRoleAddRequest;
import dev.trivet.proto.etcd.AuthRoleGrantPermissionRequest;
import dev.trivet.proto.etcd.AuthUserAddRequest;
import dev.trivet.proto.etcd.AuthUserChangePasswordRequest;
import dev.trivet.proto.etcd.AuthUserGrantRoleRequest;
import dev.trivet.proto.etcd.Permission;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.proto.etcd.WatchCreateRequest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Our own library and command line at three nodes that ask who calls. */
@Timeout(240)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class UsersOnThreeNodesTest {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final Duration SOON = Duration.ofSeconds(30);

  private final Path folder;
  private LocalCluster cluster;
  private TrivetClient root;
  private AuthGrpc.AuthBlockingStub users;

  UsersOnThreeNodesTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @BeforeAll
  void start() throws IOException, InterruptedException {
    cluster = LocalCluster.at(folder, 3, List.of("-XX:TieredStopAtLevel=1"));
    cluster.startAll();
    cluster.awaitReady(LIMIT);
    root = client("root", "secret");
    users = AuthGrpc.newBlockingStub(root.channel());
    addUser("root", "secret", "root");
    var _ = users.roleAdd(AuthRoleAddRequest.newBuilder().setName("keys").build());
    var _ =
        users.roleGrantPermission(
            AuthRoleGrantPermissionRequest.newBuilder()
                .setName("keys")
                .setPerm(
                    Permission.newBuilder()
                        .setPermType(Permission.Type.READWRITE)
                        .setKey(text("a/"))
                        .setRangeEnd(text("a0")))
                .build());
    addUser("alice", "a", "keys");
    enable();
  }

  @AfterAll
  void stop() {
    if (root != null) {
      root.close();
    }
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  void whatRootSavesBringsTheUsersIntoAnotherClusterAndIsReadByItsOwnerAlone() throws Exception {
    Path file = folder.resolve("users.snapshot");
    String endpoints = String.join(",", cluster.endpoints());
    var _ = root.keys().put(PutRequest.newBuilder().setKey(text("a/saved")).build());

    CommandRun forbidden =
        CommandRun.of(
            "snapshot", "save", file.toString(), "--user", "alice:a", "--endpoints", endpoints);
    CommandRun saved =
        CommandRun.of(
            "snapshot", "save", file.toString(), "--user", "root:secret", "--endpoints", endpoints);

    assertThat(forbidden.code()).isEqualTo(6);
    assertThat(saved.code()).as(saved.err()).isZero();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    try (LocalCluster other =
        LocalCluster.at(folder.resolve("other"), 1, List.of("-XX:TieredStopAtLevel=1"))) {
      other.startAll();
      other.awaitReady(LIMIT);
      String there = String.join(",", other.endpoints());

      CommandRun restored =
          CommandRun.of("snapshot", "restore", file.toString(), "--endpoints", there);

      assertThat(restored.code()).as(restored.err()).isZero();
      assertThat(restored.out()).containsPattern(" [23] users,");
      assertThat(CommandRun.of("get", "a/saved", "--endpoints", there).code()).isEqualTo(6);
      assertThat(CommandRun.of("get", "a/saved", "--user", "alice:a", "--endpoints", there).code())
          .isZero();
      assertThat(CommandRun.of("get", "b", "--user", "alice:a", "--endpoints", there).code())
          .isEqualTo(6);
    }
  }

  @Test
  void aUserDoesAllThatTheUserMay() throws Exception {
    Queue<String> seen = new ConcurrentLinkedQueue<>();
    try (TrivetClient alice = client("alice", "a");
        Watch _ = watch(alice, "a/watched", seen);
        KeptLease lease = alice.leases().hold(30)) {
      var _ =
          alice
              .keys()
              .put(
                  PutRequest.newBuilder()
                      .setKey(text("a/watched"))
                      .setValue(text("1"))
                      .setLease(lease.id())
                      .build());
      alice.blobs().ensureBucket("users");
      ByteArrayOutputStream blob = new ByteArrayOutputStream();
      store(alice, "blob");

      assertThat(value(alice, "a/watched")).isEqualTo("1");
      await().atMost(SOON).until(() -> seen.contains("1"));
      assertThat(alice.leases().timeToLive(lease.id(), true).getKeysCount()).isEqualTo(1);
      var _ = alice.blobs().get("users", "blob", blob);
      assertThat(blob.size()).isEqualTo(5);
      assertThat(alice.volumes().list()).isEmpty();
      assertThat(alice.cluster().status().getMembersCount()).isEqualTo(3);
      assertThatThrownBy(() -> alice.keys().put(text("b"), text("1")))
          .isInstanceOfSatisfying(
              TrivetException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.PERMISSION_DENIED));
    }
  }

  @Test
  void aWrongPasswordIsRefusedByEveryKindOfCall() {
    try (TrivetClient wrong = patient("alice", "b")) {
      assertThatThrownBy(() -> wrong.keys().put(text("a/x"), text("1")))
          .isInstanceOfSatisfying(
              TrivetException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.AUTH_FAILED))
          .hasMessageContaining("invalid user ID or password");
      assertThatThrownBy(() -> wrong.cluster().status())
          .hasMessageContaining("invalid user ID or password");
      assertThatThrownBy(
              () -> Waiting.on(watch(wrong, "a/x", new ConcurrentLinkedQueue<>()).ended()))
          .hasMessageContaining("invalid user ID or password");
    }
  }

  @Test
  void whoSaysNotWhoItIsIsRefused() {
    try (TrivetClient nobody = TrivetClient.connect(cluster.endpoints())) {
      assertThatThrownBy(() -> nobody.keys().put(text("a/x"), text("1")))
          .isInstanceOfSatisfying(
              TrivetException.class, e -> assertThat(e.code().exitCode()).isEqualTo(6));
      assertThatThrownBy(
              () -> Waiting.on(watch(nobody, "a/x", new ConcurrentLinkedQueue<>()).ended()))
          .isInstanceOfSatisfying(
              TrivetException.class, e -> assertThat(e.code().exitCode()).isEqualTo(6));
    }
  }

  @Test
  void aTokenThatEndedIsReplacedWithoutAnybodySeeingIt() throws Exception {
    addUser("carol", "c", "keys");
    Queue<String> seen = new ConcurrentLinkedQueue<>();
    try (TrivetClient carol = client("carol", "c");
        Watch _ = watch(carol, "a/renewed", seen);
        KeptLease lease = carol.leases().hold(6)) {
      carol.blobs().ensureBucket("users");
      var _ = carol.keys().put(text("a/renewed"), text("1"));
      await().atMost(SOON).until(() -> seen.contains("1"));

      // To the same one: the token ends, the password stays right.
      changePassword("carol", "c");
      store(carol, "renewed");
      changePassword("carol", "c");
      var _ = carol.keys().put(text("a/renewed"), text("2"));
      changePassword("carol", "c");
      assertThat(value(carol, "a/renewed")).isEqualTo("2");
      changePassword("carol", "c");

      assertThat(carol.cluster().status().getMembersCount()).isEqualTo(3);
      await().atMost(SOON).until(() -> seen.contains("2"));
      assertThat(seen).containsExactly("1", "2");
      await()
          .pollDelay(Duration.ofSeconds(9))
          .atMost(SOON)
          .until(() -> carol.leases().timeToLive(lease.id(), false).getTTL() > 0);
      assertThat(lease.lost()).isNotDone();
    }
  }

  @Test
  void aClientGoesOnWhenAuthenticationIsTurnedOffAndOn() {
    try (TrivetClient alice = client("alice", "a")) {
      var _ = alice.keys().put(text("a/off"), text("1"));

      for (int round = 0; round < 5; round++) {
        var _ = users.authDisable(AuthDisableRequest.getDefaultInstance());
        var _ = alice.keys().put(text("a/off"), text("2"));
        // Takes the followers in turn: the one that is asked for a token is not the one that is
        // shown it, and may be behind.
        try (TrivetClient late = client(followers(), "alice", "a")) {
          var _ = late.keys().put(text("a/off"), text("3"));
          enable();
          var _ = late.keys().put(text("a/off"), text("4"));
        }
      }
      var _ = alice.keys().put(text("a/off"), text("5"));

      assertThat(value(alice, "a/off")).isEqualTo("5");
    }
  }

  @Test
  void aLockIsHeldAsAUser() throws Exception {
    try (TrivetClient alice = client("alice", "a");
        Held held = new Lock(alice, "a/lock", Lock.DEFAULT_TTL).acquire(SOON)) {
      assertThat(held.token()).isPositive();
    }
  }

  @Test
  void theCommandLineSpeaksAsAUser() throws IOException {
    Path file = Files.writeString(folder.resolve("password"), "a\n");
    String endpoints = String.join(",", cluster.endpoints());

    CommandRun put =
        CommandRun.of("put", "a/cli", "1", "--user", "alice:a", "--endpoints", endpoints);
    CommandRun get =
        CommandRun.of(
            "get",
            "a/cli",
            "--user=alice",
            "--password-file=" + file,
            "--output=value",
            "--endpoints=" + endpoints);
    CommandRun wrong = CommandRun.of("get", "a/cli", "--user", "alice:b", "--endpoints", endpoints);
    CommandRun forbidden =
        CommandRun.of("put", "b", "1", "--user", "alice:a", "--endpoints", endpoints);
    CommandRun stranger = CommandRun.of("put", "a/cli", "2", "--endpoints", endpoints);

    assertThat(put.code()).as(put.err()).isZero();
    assertThat(get.out().strip()).isEqualTo("1");
    assertThat(wrong.code()).isEqualTo(6);
    assertThat(wrong.err())
        .contains("invalid user ID or password", "next: check the user's name and password");
    assertThat(forbidden.code()).isEqualTo(6);
    assertThat(forbidden.err()).contains("permission denied");
    assertThat(stranger.code()).isEqualTo(6);
    assertThat(stranger.err()).contains("user name is empty", "next: say who you are");
  }

  private void addUser(String name, String password, String role) {
    var _ =
        users.userAdd(AuthUserAddRequest.newBuilder().setName(name).setPassword(password).build());
    var _ =
        users.userGrantRole(
            AuthUserGrantRoleRequest.newBuilder().setUser(name).setRole(role).build());
  }

  private void changePassword(String name, String password) {
    var _ =
        users.userChangePassword(
            AuthUserChangePasswordRequest.newBuilder().setName(name).setPassword(password).build());
  }

  private void enable() {
    var _ = users.authEnable(AuthEnableRequest.getDefaultInstance());
  }

  private List<String> followers() {
    String leader = root.cluster().status().getLeader();
    return cluster.nodes().stream()
        .filter(node -> !node.name().equals(leader))
        .map(NodeProcess::endpoint)
        .toList();
  }

  private TrivetClient client(String user, String password) {
    return client(cluster.endpoints(), user, password);
  }

  private static TrivetClient client(List<String> endpoints, String user, String password) {
    return TrivetClient.builder(endpoints)
        .deadline(Duration.ofSeconds(20))
        .user(user, password)
        .connect();
  }

  private TrivetClient patient(String user, String password) {
    return TrivetClient.builder(cluster.endpoints())
        .deadline(Duration.ofSeconds(60))
        .user(user, password)
        .connect();
  }

  private static Watch watch(TrivetClient client, String key, Queue<String> seen) {
    return client.watch(
        WatchCreateRequest.newBuilder().setKey(text(key)).build(),
        response ->
            response
                .getEventsList()
                .forEach(event -> seen.add(event.getKv().getValue().toStringUtf8())));
  }

  private static void store(TrivetClient client, String key) throws IOException {
    var _ =
        client
            .blobs()
            .put(
                PutBlobHeader.newBuilder().setBucket("users").setKey(key).build(),
                () -> new ByteArrayInputStream("bytes".getBytes(StandardCharsets.UTF_8)));
  }

  private static String value(TrivetClient client, String key) {
    return client.keys().get(text(key)).orElseThrow().getValue().toStringUtf8();
  }

  private static ByteString text(String text) {
    return ByteString.copyFromUtf8(text);
  }
}
