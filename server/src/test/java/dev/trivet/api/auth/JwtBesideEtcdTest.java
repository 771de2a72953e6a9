package dev.trivet.api.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.trivet.Ports;
import dev.trivet.api.ApiCluster;
import dev.trivet.foreign.ForeignProgram;
import dev.trivet.proto.etcd.AuthEnableRequest;
import dev.trivet.proto.etcd.AuthGrpc;
import dev.trivet.proto.etcd.AuthUserAddRequest;
import dev.trivet.proto.etcd.AuthUserGrantRoleRequest;
import dev.trivet.proto.etcd.AuthenticateRequest;
import dev.trivet.proto.etcd.KVGrpc;
import dev.trivet.proto.etcd.RangeRequest;
import dev.trivet.proto.etcd.RangeResponse;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real etcd with the same setting and the same keys. */
@Timeout(180)
final class JwtBesideEtcdTest {
  @TempDir private Path folder;

  @Test
  void etcdTakesOurTokensAndWeTakeItsAndBothRefuseTheSame() throws Exception {
    KeyFiles keys = new KeyFiles(folder);
    for (String setting :
        List.of(
            keys.pairOf("RS256", "rsa"),
            keys.pairOf("PS384", "rsa"),
            keys.pairOf("ES256", "p256"),
            keys.secretOf("HS256"))) {
      List<Integer> ports = Ports.free(2);
      Process etcd = etcd(setting + ",ttl=10m", ports);
      ManagedChannel channel =
          NettyChannelBuilder.forTarget("dns:///127.0.0.1:" + ports.getFirst())
              .usePlaintext()
              .build();
      try {
        await().atMost(ApiCluster.PATIENCE).until(() -> answers(channel));
        AuthGrpc.AuthBlockingStub auth = AuthGrpc.newBlockingStub(channel);
        var _ =
            auth.userAdd(AuthUserAddRequest.newBuilder().setName("root").setPassword("r").build());
        var _ =
            auth.userGrantRole(
                AuthUserGrantRoleRequest.newBuilder().setUser("root").setRole("root").build());
        var _ = auth.authEnable(AuthEnableRequest.getDefaultInstance());
        JwtKey key = KeyFiles.key(setting);

        Jwt theirs =
            Jwt.of(
                auth.authenticate(
                        AuthenticateRequest.newBuilder().setName("root").setPassword("r").build())
                    .getToken(),
                key);

        assertThat(theirs).as(setting).isNotNull();
        assertThat(theirs.user()).isEqualTo("root");
        assertThat(theirs.isValidAt(System.currentTimeMillis())).isTrue();
        assertThat(get(channel, theirs.signedBy(key))).as(setting).isNotNull();
        Jwt old = new Jwt("root", theirs.authRevision() - 1, Long.MIN_VALUE, theirs.endsMillis());
        assertThatThrownBy(() -> get(channel, old.signedBy(key)))
            .hasMessage("INVALID_ARGUMENT: etcdserver: revision of auth store is old");
        Jwt over = new Jwt("root", theirs.authRevision(), Long.MIN_VALUE, 1_000);
        assertThatThrownBy(() -> get(channel, over.signedBy(key)))
            .hasMessage("UNAUTHENTICATED: etcdserver: invalid auth token");
      } finally {
        channel.shutdownNow();
        etcd.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
      }
    }
  }

  private static boolean answers(Channel channel) {
    try {
      return get(channel, "").getCount() == 0;
    } catch (StatusRuntimeException _) {
      return false;
    }
  }

  private static RangeResponse get(Channel channel, String token) {
    Metadata headers = new Metadata();
    if (!token.isEmpty()) {
      headers.put(Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER), token);
    }
    return KVGrpc.newBlockingStub(channel)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
        .range(RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8("k")).build());
  }

  private Process etcd(String tokens, List<Integer> ports) throws Exception {
    String client = "http://127.0.0.1:" + ports.getFirst();
    String peer = "http://127.0.0.1:" + ports.getLast();
    return new ProcessBuilder(
            ForeignProgram.ETCD.require().toString(),
            "--auth-token=" + tokens,
            "--data-dir=" + folder.resolve("etcd-" + ports.getFirst()),
            "--listen-client-urls=" + client,
            "--advertise-client-urls=" + client,
            "--listen-peer-urls=" + peer,
            "--initial-advertise-peer-urls=" + peer,
            "--initial-cluster=default=" + peer)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("etcd.log").toFile())
        .start();
  }
}
