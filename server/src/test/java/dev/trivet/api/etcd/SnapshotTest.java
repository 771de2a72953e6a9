package dev.trivet.api.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.trivet.api.ApiCluster;
import dev.trivet.api.ApiNode;
import dev.trivet.proto.api.AdminGrpc;
import dev.trivet.proto.api.RestoreRequest;
import dev.trivet.proto.etcd.KVGrpc;
import dev.trivet.proto.etcd.MaintenanceGrpc;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.proto.etcd.RangeRequest;
import dev.trivet.proto.etcd.RangeResponse;
import dev.trivet.proto.etcd.SnapshotRequest;
import dev.trivet.proto.etcd.SnapshotResponse;
import dev.trivet.proto.snapshot.SnapshotPart;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
@ExtendWith(ApiCluster.Shared.class)
final class SnapshotTest {
  private static final int DIGEST_BYTES = 32;
  private static final String PREFIX = "snapshot/";

  private final ApiCluster cluster;

  @TempDir private Path folder;

  SnapshotTest(ApiCluster cluster) {
    this.cluster = cluster;
  }

  @Test
  void whatEtcdctlSavesIsWholeAndRestoresEveryKeyIntoAFreshCluster() throws Exception {
    for (int i = 0; i < 40; i++) {
      put(cluster.leader(), PREFIX + i, "x".repeat(10_000 + i));
    }
    put(cluster.leader(), PREFIX + 7, "again");
    Path file = folder.resolve("db");

    // The snapshot of a follower has what the leader has acknowledged.
    new Etcdctl(cluster.follower(0).self.clientAddress()).run("snapshot", "save", file.toString());

    byte[] bytes = Files.readAllBytes(file);
    assertThat(bytes.length % 512).isEqualTo(DIGEST_BYTES);
    byte[] content = Arrays.copyOf(bytes, bytes.length - DIGEST_BYTES);
    assertThat(MessageDigest.getInstance("SHA-256").digest(content))
        .isEqualTo(Arrays.copyOfRange(bytes, content.length, bytes.length));
    RangeResponse before = range(cluster.leader());
    try (ApiCluster fresh = new ApiCluster()) {
      ApiNode asked = fresh.follower(0);

      restore(asked, parts(content));

      RangeResponse after = range(asked);
      assertThat(after.getKvsList()).isEqualTo(before.getKvsList());
      assertThat(after.getHeader().getRevision()).isEqualTo(before.getHeader().getRevision());
      put(asked, PREFIX + "new", "one");
      assertThat(range(fresh.leader()).getHeader().getRevision())
          .isEqualTo(before.getHeader().getRevision() + 1);
    }
  }

  @Test
  void whatRootSavesBringsUsersAndPermissionsBackWithAuthenticationOn() throws Exception {
    Path file = folder.resolve("db");
    try (ApiCluster guarded = new ApiCluster()) {
      Etcdctl saving = new Etcdctl(guarded.follower(0).self.clientAddress());
      for (String command :
          List.of(
              "put q 0",
              "user add root:r",
              "user add alice:a",
              "user add robot --no-password",
              "role add reader",
              "role grant-permission reader readwrite k/ k0",
              "user grant-role root root",
              "user grant-role alice reader",
              "auth enable",
              "--user alice:a put k/a 1")) {
        saving.run(command.split(" "));
      }
      assertThat(saving.fails("--user", "alice:a", "snapshot", "save", file.toString()))
          .contains("etcdserver: permission denied");

      saving.run("--user", "root:r", "snapshot", "save", file.toString());
    }
    try (ApiCluster fresh = new ApiCluster()) {
      List<SnapshotPart> parts = parts(Files.readAllBytes(file));

      restore(fresh.follower(1), parts);

      // As after an answer that was lost.
      restore(fresh.follower(0), List.of(parts.getLast()));
      assertThatThrownBy(() -> restore(fresh.follower(0), parts))
          .hasMessageContaining("etcdserver: user name is empty");
      Etcdctl users = new Etcdctl(fresh.leader().self.clientAddress());
      assertThat(users.run("--user", "alice:a", "get", "k/a")).isEqualTo("k/a\n1\n");
      assertThat(users.fails("--user", "alice:a", "get", "q"))
          .contains("etcdserver: permission denied");
      assertThat(users.fails("--user", "alice:wrong", "get", "k/a"))
          .contains("etcdserver: authentication failed, invalid user ID or password");
      assertThat(users.fails("get", "k/a")).contains("etcdserver: user name is empty");
      assertThat(users.run("--user", "root:r", "user", "list")).isEqualTo("alice\nrobot\nroot\n");
      assertThat(users.run("--user", "root:r", "role", "get", "reader")).contains("[k/, k0)");
    }
  }

  @Test
  void aSnapshotIsNotRestoredOverKeys() throws Exception {
    put(cluster.leader(), PREFIX + "there", "1");
    Path file = folder.resolve("db");
    new Etcdctl(cluster.leader().self.clientAddress()).run("snapshot", "save", file.toString());
    List<SnapshotPart> parts = parts(Files.readAllBytes(file));

    assertThatThrownBy(() -> restore(cluster.leader(), parts))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageContaining("only into a fresh one");

    assertThat(range(cluster.leader()).getCount()).isPositive();
  }

  @Test
  void eachMessageOfASnapshotTellsHowMuchIsLeftAndTheLastOneNothing() {
    for (int i = 0; i < 40; i++) {
      put(cluster.leader(), PREFIX + "left/" + i, "x".repeat(50_000));
    }

    List<SnapshotResponse> messages = new ArrayList<>();
    MaintenanceGrpc.newBlockingStub(cluster.leader().channel)
        .snapshot(SnapshotRequest.getDefaultInstance())
        .forEachRemaining(messages::add);

    List<Long> left = messages.stream().map(SnapshotResponse::getRemainingBytes).toList();
    assertThat(left).hasSizeGreaterThan(3).isSortedAccordingTo(Comparator.reverseOrder());
    assertThat(left.subList(0, left.size() - 1)).allMatch(bytes -> bytes > 0);
    assertThat(left.getLast()).isZero();
    assertThat(left.getFirst()).isGreaterThan(500_000);
  }

  private static void restore(ApiNode node, List<SnapshotPart> parts) {
    AdminGrpc.AdminBlockingStub admin = AdminGrpc.newBlockingStub(node.channel);
    for (SnapshotPart part : parts) {
      var _ = admin.restore(RestoreRequest.newBuilder().setPart(part).build());
    }
  }

  private static List<SnapshotPart> parts(byte[] content) throws IOException {
    List<SnapshotPart> parts = new ArrayList<>();
    ByteBuffer file = ByteBuffer.wrap(content, "TRVSNAP1".length(), content.length - 8);
    int length = file.getInt();
    while (length != 0) {
      parts.add(SnapshotPart.parseFrom(file.slice(file.position(), length)));
      file.position(file.position() + length + Integer.BYTES);
      length = file.getInt();
    }
    return parts;
  }

  private static void put(ApiNode node, String key, String value) {
    var _ =
        KVGrpc.newBlockingStub(node.channel)
            .put(PutRequest.newBuilder().setKey(key(key)).setValue(key(value)).build());
  }

  private static RangeResponse range(ApiNode node) {
    return KVGrpc.newBlockingStub(node.channel)
        .range(RangeRequest.newBuilder().setKey(key(PREFIX)).setRangeEnd(key("snapshot0")).build());
  }

  private static ByteString key(String text) {
    return ByteString.copyFromUtf8(text);
  }
}
