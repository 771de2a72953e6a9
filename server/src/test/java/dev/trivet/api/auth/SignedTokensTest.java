package dev.trivet.api.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.trivet.api.ApiCluster;
import dev.trivet.api.ApiNode;
import dev.trivet.proto.etcd.AuthEnableRequest;
import dev.trivet.proto.etcd.AuthGrpc;
import dev.trivet.proto.etcd.AuthRoleAddRequest;
import dev.trivet.proto.etcd.AuthStatusRequest;
import dev.trivet.proto.etcd.AuthUserAddRequest;
import dev.trivet.proto.etcd.AuthUserGrantRoleRequest;
import dev.trivet.proto.etcd.AuthUserListRequest;
import dev.trivet.proto.etcd.KVGrpc;
import dev.trivet.proto.etcd.LeaseGrantRequest;
import dev.trivet.proto.etcd.LeaseGrpc;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.proto.etcd.RangeRequest;
import dev.trivet.proto.etcd.RangeResponse;
import dev.trivet.proto.etcd.WatchResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three nodes whose tokens are signed; the third has no private key. */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class SignedTokensTest {
  private static final long SOON_MILLIS = 3_000;
  private static final String OLD = "INVALID_ARGUMENT: etcdserver: revision of auth store is old";
  private static final String INVALID = "UNAUTHENTICATED: etcdserver: invalid auth token";

  private static final RangeRequest KEY = RangeRequest.newBuilder().setKey(bytes("k")).build();

  private final Path folder;
  private KeyFiles files;
  private JwtKey key;
  private ApiCluster cluster;

  SignedTokensTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @BeforeAll
  void start() throws Exception {
    files = new KeyFiles(folder);
    TokenKind signing = TokenKind.parse(files.pairOf("RS256", "rsa"));
    key = ((TokenKind.Jwt) signing).key();
    TokenKind taking = TokenKind.parse("jwt,sign-method=RS256,pub-key=" + files.file("rsa.pub"));
    cluster = new ApiCluster(List.of(signing, signing, taking));
    AuthGrpc.AuthBlockingStub auth = AuthGrpc.newBlockingStub(cluster.leader().channel);
    var _ = auth.userAdd(AuthUserAddRequest.newBuilder().setName("root").setPassword("r").build());
    var _ =
        auth.userGrantRole(
            AuthUserGrantRoleRequest.newBuilder().setUser("root").setRole("root").build());
    var _ = auth.authEnable(AuthEnableRequest.getDefaultInstance());
  }

  @AfterAll
  void stop() throws Exception {
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  void everyMemberTakesWhatAnotherHasSigned() {
    for (ApiNode giver : cluster.nodes.subList(0, 2)) {
      String token = GuardedCluster.token(giver, "root", "r");
      assertThat(token).startsWith("eyJ");
      for (ApiNode node : cluster.nodes) {
        var _ =
            KVGrpc.newBlockingStub(GuardedCluster.withToken(node, token))
                .put(PutRequest.newBuilder().setKey(KEY.getKey()).build());
        assertThat(
                KVGrpc.newBlockingStub(GuardedCluster.withToken(node, token)).range(KEY).getCount())
            .isOne();
      }
    }
  }

  @Test
  void aMemberWithoutThePrivateKeyGivesNone() {
    assertThatThrownBy(() -> GuardedCluster.token(cluster.nodes.get(2), "root", "r"))
        .hasMessage("UNKNOWN: auth: token signing attempted with verify-only key");
    assertThatThrownBy(() -> GuardedCluster.token(cluster.nodes.get(2), "root", "wrong"))
        .hasMessageContaining("authentication failed");
  }

  @Test
  void aChangeOfUsersEndsAllTokensForEveryCallOnEveryMember() {
    String token = GuardedCluster.token(cluster.nodes.getFirst(), "root", "r");
    for (ApiNode node : cluster.nodes) {
      assertThat(get(node, token)).isNotNull();
    }

    var _ =
        AuthGrpc.newBlockingStub(GuardedCluster.withToken(cluster.nodes.get(1), token))
            .roleAdd(AuthRoleAddRequest.newBuilder().setName("unrelated").build());

    for (ApiNode node : cluster.nodes) {
      var channel = GuardedCluster.withToken(node, token);
      await()
          .atMost(ApiCluster.PATIENCE)
          .until(() -> authRevision(node) == authRevision(cluster.leader()));
      assertThatThrownBy(() -> get(node, token)).hasMessage(OLD);
      assertThatThrownBy(
              () ->
                  KVGrpc.newBlockingStub(channel)
                      .put(PutRequest.newBuilder().setKey(bytes("k")).build()))
          .hasMessage(OLD);
      assertThatThrownBy(
              () ->
                  LeaseGrpc.newBlockingStub(channel)
                      .leaseGrant(LeaseGrantRequest.newBuilder().setTTL(60).build()))
          .hasMessage(OLD);
      assertThatThrownBy(
              () ->
                  AuthGrpc.newBlockingStub(channel)
                      .userList(AuthUserListRequest.getDefaultInstance()))
          .hasMessage(OLD);
      WatchResponse watch = AdvisoriesTest.firstOfWatch(channel, "k", "");
      assertThat(watch.getCreated() && watch.getCanceled()).isTrue();
      assertThat(watch.getWatchId()).isEqualTo(-1);
      assertThat(watch.getCancelReason())
          .isEqualTo(
              "rpc error: code = InvalidArgument desc = etcdserver: revision of auth store is old");
    }
    String newer = GuardedCluster.token(cluster.nodes.getFirst(), "root", "r");
    assertThat(get(cluster.nodes.get(1), newer)).isNotNull();
  }

  @Test
  void whatTheKeyHasNotSignedIsInvalid() throws Exception {
    Jwt claims = new Jwt("root", revision(), Long.MIN_VALUE, Long.MAX_VALUE);
    JwtKey stranger = KeyFiles.key(files.pairOf("RS256", "other"));
    JwtKey publicAsSecret =
        JwtKey.Secret.of(JwtMethod.HS256, Files.readAllBytes(files.file("rsa.pub")));
    String right = claims.signedBy(key);
    String unsigned = right.substring(0, right.lastIndexOf('.') + 1);

    for (ApiNode node : cluster.nodes) {
      assertThat(get(node, right)).isNotNull();
      for (String forged :
          new String[] {
            claims.signedBy(stranger), claims.signedBy(publicAsSecret), unsigned, "x"
          }) {
        assertThatThrownBy(() -> get(node, forged)).as(forged).hasMessage(INVALID);
      }
    }
  }

  @Test
  void aTokenEndsThoughItWasTakenBefore() {
    ApiNode node = cluster.nodes.getFirst();
    long soon = System.currentTimeMillis() + SOON_MILLIS;
    String token = new Jwt("root", revision(), Long.MIN_VALUE, soon).signedBy(key);

    await()
        .atMost(ApiCluster.PATIENCE)
        .untilAsserted(() -> assertThatThrownBy(() -> get(node, token)).hasMessage(INVALID));
    String over = new Jwt("root", revision(), Long.MIN_VALUE, 1_000).signedBy(key);
    assertThatThrownBy(() -> get(node, over)).hasMessage(INVALID);
  }

  private long revision() {
    return authRevision(cluster.leader());
  }

  private static long authRevision(ApiNode node) {
    return AuthGrpc.newBlockingStub(node.channel)
        .authStatus(AuthStatusRequest.getDefaultInstance())
        .getAuthRevision();
  }

  private static RangeResponse get(ApiNode node, String token) {
    return KVGrpc.newBlockingStub(GuardedCluster.withToken(node, token))
        .range(KEY.toBuilder().setSerializable(true).build());
  }

  private static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }
}
