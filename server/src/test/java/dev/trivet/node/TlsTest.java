package dev.trivet.node;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trivet.Ports;
import dev.trivet.foreign.ForeignProgram;
import dev.trivet.foreign.TestCertificates;
import dev.trivet.node.founding.Founder;
import dev.trivet.peer.ClusterSecret;
import dev.trivet.peer.PeerChannels;
import dev.trivet.peer.PeerTrust;
import dev.trivet.peer.tls.Certificates;
import dev.trivet.peer.tls.TlsFiles;
import dev.trivet.proto.peer.FoundingGrpc;
import dev.trivet.proto.peer.IntroduceRequest;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three nodes all of whose ports speak TLS, and ask for certificates of one authority. */
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class TlsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final Path folder;
  private final TestCertificates authority;
  private final TestCertificates foreign;
  private final List<Founder> founders = founders();
  private final ConcurrentLinkedQueue<Node> nodes = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<Throwable> fatal = new ConcurrentLinkedQueue<>();

  TlsTest(@TempDir Path folder) throws Exception {
    this.folder = folder;
    authority =
        new TestCertificates(folder, "ca").sign("n1").signRsa("n2").sign("n3").sign("client");
    foreign = new TestCertificates(folder, "foreign-ca").sign("stranger");
  }

  @BeforeAll
  void startNodes() throws Exception {
    List<Thread> starts = new ArrayList<>();
    for (Founder founder : founders) {
      starts.add(Thread.ofVirtual().start(() -> start(founder)));
    }
    for (Thread start : starts) {
      start.join();
    }
    await()
        .atMost(PATIENCE)
        .until(() -> etcdctl("client", authority, "endpoint", "health").status() == 0);
  }

  @AfterAll
  void stopNodes() {
    nodes.forEach(Node::close);
    assertThat(fatal).isEmpty();
  }

  @Test
  void etcdctlReachesAllNodesByTheAddressesThatTheyTell() throws Exception {
    Said put = etcdctl("client", authority, "put", "tls/a", "1");
    Said health = etcdctl("client", authority, "endpoint", "health", "--cluster");
    Said members = etcdctl("client", authority, "member", "list");

    assertThat(put.text()).contains("OK");
    assertThat(health.status()).isZero();
    assertThat(health.text()).contains(client(0), client(1), client(2));
    assertThat(members.text())
        .contains("https://" + client(0), "https://" + founders.get(2).addresses().peer());
  }

  @Test
  void curlWhichOffersBothProtocolsIsServedByTheGateway() throws Exception {
    Said version = curl("client", "/version");
    Said range = curl("client", "/v3/kv/range", "-d", "{\"key\":\"AA==\",\"range_end\":\"AA==\"}");

    assertThat(version.text()).contains("etcdserver");
    assertThat(range.text()).startsWith("{\"header\":{\"cluster_id\"");
  }

  @Test
  void whoHasNoCertificateOrAForeignOneIsRefusedAtThePortOfClients() throws Exception {
    Said none =
        Said.by(
            ForeignProgram.CURL,
            List.of("-sS", "-m", "20", "--cacert", authority.authority().toString()),
            List.of("https://" + client(0) + "/version"));
    Said stranger = curl("stranger", "/version");
    Said clear =
        Said.by(
            ForeignProgram.CURL, List.of("-sS", "-m", "20", "http://" + client(0) + "/version"));
    Said distrustful = etcdctl("client", foreign, "get", "a");

    assertThat(none.status()).isNotZero();
    assertThat(stranger.status()).isNotZero();
    assertThat(clear.status()).isNotZero();
    assertThat(distrustful.status()).isNotZero();
  }

  @Test
  void aForeignNodeIsRefusedAtThePeerAndTheRaftPort() throws Exception {
    Certificates strange =
        Certificates.read(
            new TlsFiles(
                foreign.certificate("stranger"), foreign.key("stranger"), authority.authority()),
            InstantSource.system());
    String raft = founders.getFirst().addresses().raft();

    // The empty introduction is refused by the service itself: who hears that was let in.
    assertThat(refusal(new PeerTrust(ClusterSecret.NONE, certificates("client"))))
        .isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(refusal(new PeerTrust(ClusterSecret.NONE, strange)))
        .isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(refusal(PeerTrust.NONE)).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(shakes(raft, "client")).isTrue();
    assertThat(shakes(raft, "stranger")).isFalse();
  }

  @Test
  void aCertificateThatIsReplacedIsShownByAllPortsWithoutARestart() throws Exception {
    authority.sign("renewed");
    Founder first = founders.getFirst();

    Files.copy(authority.key("renewed"), authority.key("n1"), REPLACE_EXISTING);
    Files.copy(authority.certificate("renewed"), authority.certificate("n1"), REPLACE_EXISTING);

    for (String port :
        List.of(first.addresses().client(), first.addresses().peer(), first.addresses().raft())) {
      await().atMost(PATIENCE).until(() -> shown(port).contains("CN = renewed"));
    }
    assertThat(etcdctl("client", authority, "put", "tls/b", "2").text()).contains("OK");
  }

  @Test
  void whoDoesNotShakeHandsIsCutOff() throws Exception {
    String address = client(1);
    int colon = address.indexOf(':');
    int port = Integer.parseInt(address.substring(colon + 1));
    try (Socket silent = new Socket(InetAddress.getLoopbackAddress(), port)) {
      assertThat(silent.getInputStream().read()).isEqualTo(-1);
    }
  }

  private Status.Code refusal(PeerTrust trust) {
    ManagedChannel channel = PeerChannels.open(trust, founders.getFirst().addresses().peer());
    try {
      FoundingGrpc.FoundingBlockingStub founding =
          FoundingGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
      StatusRuntimeException refused =
          assertThrows(
              StatusRuntimeException.class,
              () -> founding.introduce(IntroduceRequest.getDefaultInstance()));
      return refused.getStatus().getCode();
    } finally {
      channel.shutdownNow();
    }
  }

  /** Whether a server takes this certificate: with TLS 1.2 the handshake itself tells. */
  private boolean shakes(String address, String name) throws Exception {
    return openssl(address, "-tls1_2", name).status() == 0;
  }

  /** What a server shows. */
  private String shown(String address) throws Exception {
    return openssl(address, "-tls1_3", "client").text();
  }

  private Said openssl(String address, String version, String name) throws Exception {
    return Said.by(
        ForeignProgram.OPENSSL,
        List.of("s_client", "-connect", address, version, "-alpn", "h2"),
        List.of("-CAfile", authority.authority().toString()),
        List.of("-cert", folder.resolve(name + ".pem").toString()),
        List.of("-key", folder.resolve(name + ".key").toString()));
  }

  private Said curl(String name, String path, String... more) throws Exception {
    return Said.by(
        ForeignProgram.CURL,
        List.of("-sS", "-m", "20", "--cacert", authority.authority().toString()),
        List.of("--cert", folder.resolve(name + ".pem").toString()),
        List.of("--key", folder.resolve(name + ".key").toString()),
        List.of("https://" + client(1) + path),
        List.of(more));
  }

  private Said etcdctl(String name, TestCertificates trusted, String... arguments)
      throws Exception {
    return Said.by(
        ForeignProgram.ETCDCTL,
        List.of("--endpoints", "https://" + client(0) + ",https://" + client(1)),
        List.of("--cacert", trusted.authority().toString()),
        List.of("--cert", folder.resolve(name + ".pem").toString()),
        List.of("--key", folder.resolve(name + ".key").toString()),
        List.of(arguments));
  }

  private Certificates certificates(String name) {
    return Certificates.read(
        new TlsFiles(authority.certificate(name), authority.key(name), authority.authority()),
        InstantSource.system());
  }

  private String client(int node) {
    return founders.get(node).addresses().client();
  }

  private void start(Founder founder) {
    try {
      nodes.add(
          Node.start(
              new NodeOptions(
                      founder.name(),
                      folder.resolve("data-" + founder.name()),
                      founder.addresses(),
                      "",
                      ClusterSecret.NONE,
                      founders)
                  .with(new NodeTls(certificates(founder.name()), certificates(founder.name()))),
              fatal::add));
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<Founder> founders() {
    List<Integer> ports = Ports.free(9);
    List<Founder> founders = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      String host = "127.0.0.1:";
      founders.add(
          new Founder(
              "n" + (i + 1),
              new Founder.Addresses(
                  host + ports.get(3 * i),
                  host + ports.get(3 * i + 1),
                  host + ports.get(3 * i + 2))));
    }
    return founders;
  }
}
