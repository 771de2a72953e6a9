package dev.trivet.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.trivet.Ports;
import dev.trivet.foreign.ForeignProgram;
import dev.trivet.foreign.TestCertificates;
import dev.trivet.node.founding.Founder;
import dev.trivet.peer.ClusterSecret;
import dev.trivet.peer.PeerChannels;
import dev.trivet.peer.PeerTrust;
import dev.trivet.peer.tls.Certificates;
import dev.trivet.peer.tls.TlsFiles;
import dev.trivet.proto.etcd.KVGrpc;
import dev.trivet.proto.etcd.RangeRequest;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node whose clients show certificates; authentication is on, and nobody has a password. */
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CertificateUsersTest {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final Path folder;
  private final TestCertificates authority;
  private final Founder founder;
  private final ConcurrentLinkedQueue<Throwable> fatal = new ConcurrentLinkedQueue<>();
  private Node node;

  CertificateUsersTest(@TempDir Path folder) throws Exception {
    this.folder = folder;
    authority =
        new TestCertificates(folder, "ca").sign("n1").sign("root").sign("alice").sign("stranger");
    authority.openssl(
        List.of("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"),
        List.of("-nodes", "-subj", "/O=alice", "-keyout", "nameless.key", "-out", "nameless.csr"));
    authority.openssl(
        List.of("x509", "-req", "-days", "10", "-in", "nameless.csr", "-out", "nameless.pem"),
        List.of("-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"));
    List<Integer> ports = Ports.free(3);
    founder =
        new Founder(
            "n1",
            new Founder.Addresses(
                "127.0.0.1:" + ports.get(0),
                "127.0.0.1:" + ports.get(1),
                "127.0.0.1:" + ports.get(2)));
  }

  @BeforeAll
  void start() throws Exception {
    node =
        Node.start(
            new NodeOptions(
                    founder.name(),
                    folder.resolve("data"),
                    founder.addresses(),
                    "",
                    ClusterSecret.NONE,
                    List.of(founder))
                .with(new NodeTls(certificates("n1"), null)),
            fatal::add);
    await().atMost(PATIENCE).until(() -> etcdctl("root", "put", "q", "0").status() == 0);
    for (String command :
        List.of(
            "user add root --no-password",
            "user grant-role root root",
            "user add alice --no-password",
            "user add bob:b",
            "role add r",
            "role grant-permission r readwrite k/ k0",
            "user grant-role alice r",
            "auth enable")) {
      assertThat(etcdctl("root", command.split(" ")).status()).as(command).isZero();
    }
  }

  @AfterAll
  void stop() {
    if (node != null) {
      node.close();
    }
    assertThat(fatal).isEmpty();
  }

  @Test
  void aCertificatesCommonNameIsTheUser() throws Exception {
    assertThat(etcdctl("alice", "put", "k/a", "1").text()).isEqualTo("OK\n");
    assertThat(etcdctl("alice", "get", "k/a").text()).isEqualTo("k/a\n1\n");
    assertThat(etcdctl("alice", "put", "q", "1").text()).contains("permission denied");
    assertThat(etcdctl("alice", "user", "list").text()).contains("permission denied");
    assertThat(etcdctl("root", "user", "list").text()).isEqualTo("alice\nbob\nroot\n");
  }

  @Test
  void leasesAndWatchesKnowTheCertificatesUser() throws Exception {
    String granted = etcdctl("alice", "lease", "grant", "600").text();
    assertThat(granted).startsWith("lease ");
    String lease = granted.split(" ", -1)[1];
    assertThat(etcdctl("alice", "put", "k/leased", "1", "--lease", lease).status()).isZero();
    assertThat(etcdctl("root", "put", "q/leased", "1", "--lease", lease).status()).isZero();
    assertThat(etcdctl("root", "lease", "keep-alive", "--once", lease).text()).contains("TTL");
    assertThat(etcdctl("alice", "lease", "revoke", lease).text()).contains("permission denied");
    assertThat(etcdctl("alice", "watch", "q").text()).contains("permission denied");

    ProcessBuilder watching = new ProcessBuilder(command("alice", "watch", "k/watched"));
    watching.environment().put("ETCDCTL_API", "3");
    Process watch = watching.start();
    try (BufferedReader events = watch.inputReader(UTF_8)) {
      // The watch may begin after a put: the puts go on until it tells of one.
      Thread writer =
          Thread.ofVirtual()
              .start(
                  () -> {
                    while (!Thread.currentThread().isInterrupted()) {
                      putWatched();
                    }
                  });
      assertThat(events.readLine()).isEqualTo("PUT");
      writer.interrupt();
    } finally {
      watch.destroyForcibly();
    }
  }

  @Test
  void whoIsNoUserMayDoNothing() throws Exception {
    assertThat(etcdctl("stranger", "get", "k/a").text()).contains("permission denied");
    assertThat(etcdctl("nameless", "get", "k/a").text()).contains("user name is empty");
  }

  @Test
  void aTokenGoesBeforeTheCertificate() throws Exception {
    assertThat(etcdctl("root", "--user", "bob:b", "get", "q").text()).contains("permission denied");
    assertThatThrownBy(() -> range("token", "nonsense"))
        .hasMessage("UNAUTHENTICATED: etcdserver: invalid auth token");
  }

  @Test
  void whoSpeaksForOthersIsNotTheUserOfItsCertificate() throws Exception {
    Said json =
        Said.by(
            ForeignProgram.CURL,
            List.of("-sS", "-m", "20", "--cacert", authority.authority().toString()),
            List.of("--cert", authority.certificate("root").toString()),
            List.of("--key", authority.key("root").toString()),
            List.of("https://" + founder.addresses().client() + "/v3/kv/range"),
            List.of("-d", "{\"key\":\"cQ==\"}"));

    assertThat(json.text()).contains("etcdserver: user name is empty");
    assertThatThrownBy(() -> range("grpcgateway-accept", "*/*"))
        .hasMessage("INVALID_ARGUMENT: etcdserver: user name is empty");
    assertThat(range("other", "x")).isEqualTo("0");
  }

  /** With root's certificate and a header. */
  private String range(String header, String value) {
    Metadata headers = new Metadata();
    headers.put(Metadata.Key.of(header, Metadata.ASCII_STRING_MARSHALLER), value);
    ManagedChannel channel =
        PeerChannels.open(
            new PeerTrust(ClusterSecret.NONE, certificates("root")), founder.addresses().client());
    try {
      return KVGrpc.newBlockingStub(channel)
          .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
          .range(RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8("q")).build())
          .getKvs(0)
          .getValue()
          .toStringUtf8();
    } finally {
      channel.shutdownNow();
    }
  }

  private void putWatched() {
    try {
      var _ = etcdctl("alice", "put", "k/watched", "1");
    } catch (Exception e) {
      Thread.currentThread().interrupt();
    }
  }

  private Said etcdctl(String name, String... arguments) throws Exception {
    List<String> command = command(name, arguments);
    return Said.by(ForeignProgram.ETCDCTL, command.subList(1, command.size()));
  }

  private List<String> command(String name, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(ForeignProgram.ETCDCTL.require().toString());
    command.addAll(List.of("--endpoints", "https://" + founder.addresses().client()));
    command.addAll(List.of("--cacert", authority.authority().toString()));
    command.addAll(List.of("--cert", authority.certificate(name).toString()));
    command.addAll(List.of("--key", authority.key(name).toString()));
    command.addAll(List.of(arguments));
    return command;
  }

  private Certificates certificates(String name) {
    return Certificates.read(
        new TlsFiles(authority.certificate(name), authority.key(name), authority.authority()),
        InstantSource.system());
  }
}
