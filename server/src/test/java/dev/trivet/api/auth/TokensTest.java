package dev.trivet.api.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.trivet.api.ApiNode;
import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.etcd.AuthGrpc;
import dev.trivet.proto.etcd.AuthUserAddRequest;
import dev.trivet.proto.etcd.AuthUserChangePasswordRequest;
import dev.trivet.proto.etcd.AuthUserRevokeRoleRequest;
import dev.trivet.proto.etcd.KVGrpc;
import dev.trivet.proto.etcd.Permission;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.proto.etcd.RangeRequest;
import dev.trivet.proto.etcd.UserAddOptions;
import io.grpc.Channel;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@Timeout(120)
@ExtendWith(GuardedCluster.Shared.class)
final class TokensTest {
  private final GuardedCluster cluster;

  TokensTest(GuardedCluster cluster) {
    this.cluster = cluster;
  }

  @Test
  void aTokenIsValidOnEveryMemberAtOnce() {
    cluster.addUser("everywhere");
    cluster.grant("everywhere", Permission.Type.READWRITE, "everywhere", "");

    for (ApiNode giver : cluster.nodes.nodes) {
      String token = GuardedCluster.token(giver, "everywhere", "everywhere");
      assertThat(token).matches("[a-zA-Z]{16}\\.[0-9]+");
      for (ApiNode node : cluster.nodes.nodes) {
        for (Channel channel :
            new Channel[] {
              GuardedCluster.withToken(node, token),
              GuardedCluster.with(node, "authorization", token),
              GuardedCluster.with(node, "authorization", "Bearer " + token)
            }) {
          KVGrpc.KVBlockingStub keys = KVGrpc.newBlockingStub(channel);
          var _ = keys.put(PutRequest.newBuilder().setKey(bytes("everywhere")).build());
          var _ = keys.range(range("everywhere").setSerializable(true).build());
        }
      }
    }
  }

  @Test
  void aTokenGoesOnWhenOthersAreGivenRoles() {
    cluster.addUser("steady");
    cluster.grant("steady", Permission.Type.READ, "steady", "");
    KVGrpc.KVBlockingStub keys =
        KVGrpc.newBlockingStub(GuardedCluster.as(cluster.nodes.leader(), "steady"));

    cluster.addUser("unrelated");

    assertThat(keys.range(range("steady").build()).getCount()).isZero();
  }

  @Test
  void aNewPasswordEndsTheTokensOfTheOldOne() {
    cluster.addUser("changing");
    cluster.grant("changing", Permission.Type.READ, "changing", "");
    ApiNode leader = cluster.nodes.leader();
    KVGrpc.KVBlockingStub keys = KVGrpc.newBlockingStub(GuardedCluster.as(leader, "changing"));
    var _ = keys.range(range("changing").build());

    var _ =
        AuthGrpc.newBlockingStub(cluster.root)
            .userChangePassword(
                AuthUserChangePasswordRequest.newBuilder()
                    .setName("changing")
                    .setPassword("changed")
                    .build());

    assertThatThrownBy(() -> keys.range(range("changing").build()))
        .hasMessage("UNAUTHENTICATED: etcdserver: invalid auth token");
    assertThatThrownBy(() -> GuardedCluster.token(leader, "changing", "changing"))
        .hasMessageEndingWith(ErrorCode.AUTH_FAILED.text());
    assertThat(GuardedCluster.token(leader, "changing", "changed")).isNotEmpty();
  }

  @Test
  void aRoleThatIsTakenAwayCountsFromTheNextCallOn() {
    cluster.addUser("losing");
    cluster.grant("losing", Permission.Type.READ, "losing", "");
    KVGrpc.KVBlockingStub keys =
        KVGrpc.newBlockingStub(GuardedCluster.as(cluster.nodes.follower(0), "losing"));
    var _ = keys.range(range("losing").build());

    var _ =
        AuthGrpc.newBlockingStub(cluster.root)
            .userRevokeRole(
                AuthUserRevokeRoleRequest.newBuilder().setName("losing").setRole("losing").build());

    assertThatThrownBy(() -> keys.range(range("losing").build()))
        .hasMessage("PERMISSION_DENIED: etcdserver: permission denied");
  }

  @Test
  void nobodyLearnsWhichUsersThereAre() {
    cluster.addUser("known");
    var _ =
        AuthGrpc.newBlockingStub(cluster.root)
            .userAdd(
                AuthUserAddRequest.newBuilder()
                    .setName("certified")
                    .setOptions(UserAddOptions.newBuilder().setNoPassword(true))
                    .build());

    for (String user : new String[] {"known", "unknown", "certified", ""}) {
      assertThatThrownBy(() -> GuardedCluster.token(cluster.nodes.leader(), user, "wrong"))
          .hasMessage("INVALID_ARGUMENT: " + ErrorCode.AUTH_FAILED.text());
    }
  }

  @Test
  void theGatewayTakesTheTokenFromAuthorization() throws Exception {
    cluster.addUser("http");
    cluster.grant("http", Permission.Type.READ, "http", "");
    ApiNode node = cluster.nodes.follower(1);
    String token = GuardedCluster.token(node, "http", "http");

    assertThat(post(node, token)).startsWith("200 {\"header\"");
    assertThat(post(node, "Bearer " + token)).startsWith("200 {\"header\"");
    assertThat(post(node, "")).startsWith("400 ").contains("etcdserver: user name is empty");
    assertThat(post(node, "nonsense"))
        .startsWith("401 ")
        .contains("etcdserver: invalid auth token");
  }

  /** A browser can send no other header with it. */
  @Test
  void aWebSocketTakesTheTokenFromItsSubprotocol() {
    cluster.addUser("socket");
    cluster.grant("socket", Permission.Type.READ, "http", "");
    ApiNode node = cluster.nodes.follower(0);

    assertThat(firstOfWatch(node, GuardedCluster.token(node, "socket", "socket")))
        .contains("\"created\":true")
        .doesNotContain("canceled");
    assertThat(firstOfWatch(node, "nonsense"))
        .contains("\"canceled\":true", "etcdserver: invalid auth token");
  }

  private static String firstOfWatch(ApiNode node, String token) {
    CompletableFuture<String> first = new CompletableFuture<>();
    try (HttpClient client = HttpClient.newHttpClient()) {
      WebSocket socket =
          client
              .newWebSocketBuilder()
              .subprotocols("Bearer", token)
              .buildAsync(
                  URI.create("ws://" + node.self.clientAddress() + "/v3/watch"),
                  new WebSocket.Listener() {
                    @Override
                    public @Nullable CompletionStage<?> onText(
                        WebSocket socket, CharSequence data, boolean isLast) {
                      first.complete(data.toString());
                      return null;
                    }
                  })
              .join();
      assertThat(socket.getSubprotocol()).isEqualTo("Bearer");
      var _ = socket.sendText("{\"create_request\":{\"key\":\"aHR0cA==\"}}", true).join();
      String answer = first.orTimeout(30, TimeUnit.SECONDS).join();
      socket.abort();
      return answer;
    }
  }

  private static String post(ApiNode node, String authorization) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://" + node.self.clientAddress() + "/v3/kv/range"))
            .POST(HttpRequest.BodyPublishers.ofString("{\"key\":\"aHR0cA==\"}"));
    if (!authorization.isEmpty()) {
      request.header("Authorization", authorization);
    }
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          client.send(request.build(), HttpResponse.BodyHandlers.ofString());
      return answer.statusCode() + " " + answer.body();
    }
  }

  private static RangeRequest.Builder range(String key) {
    return RangeRequest.newBuilder().setKey(bytes(key));
  }

  private static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }
}
