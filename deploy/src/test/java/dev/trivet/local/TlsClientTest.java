package dev.trivet.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.trivet.client.TrivetClient;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.foreign.TestCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Our own library and command line at a node that speaks TLS and asks for certificates. */
@Timeout(240)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class TlsClientTest {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private final Path folder;
  private final TestCertificates authority;
  private final TestCertificates foreign;
  private LocalCluster cluster;

  TlsClientTest(@TempDir Path folder) throws Exception {
    this.folder = folder;
    authority = new TestCertificates(folder, "ca").sign("node").signRsa("client");
    foreign = new TestCertificates(folder, "foreign-ca").sign("stranger");
  }

  @BeforeAll
  void start() throws IOException {
    FreePorts ports = new FreePorts(new Random());
    NodeProcess node =
        new NodeProcess(
            "n1",
            folder.resolve("n1"),
            new NodeProcess.Addresses(ports.address(), ports.address(), ports.address()),
            List.of(
                "env",
                "TRIVET_SERVE_CERT=" + authority.certificate("node"),
                "TRIVET_SERVE_KEY=" + authority.key("node"),
                "TRIVET_SERVE_CLIENT_CA=" + authority.authority()));
    cluster = LocalCluster.of(List.of(node));
    cluster.start(node);
    await()
        .atMost(LIMIT)
        .ignoreExceptions()
        .until(
            () -> {
              try (TrivetClient client = client(authority).connect()) {
                return client.keys().get(text("none")).isEmpty();
              }
            });
  }

  @AfterAll
  void stop() {
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  void aNodeIsTrustedByItsAuthorityAlone() {
    try (TrivetClient trusting = client(authority).connect();
        TrivetClient distrustful = client(foreign).connect()) {
      var _ = trusting.keys().put(text("k"), text("v"));

      assertThat(trusting.keys().get(text("k"))).isPresent();
      assertThatThrownBy(() -> distrustful.keys().get(text("k")))
          .isInstanceOfSatisfying(
              TrivetException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNREACHABLE))
          .hasMessageContaining("TLS: the node's certificate is not trusted");
    }
  }

  @Test
  void aCertificateMustBeForTheHostThatIsCalledWhicheverEndpointIsFirst() {
    String called = cluster.endpoints().getFirst();
    // Not in the certificate, and nobody is there: the second one is judged by its own name.
    List<String> both = List.of("127.0.0.2:1", called);
    try (TrivetClient client = client(both, authority).connect()) {
      assertThat(client.keys().get(text("none"))).isEmpty();
    }
  }

  @Test
  void whoShowsNoCertificateOrAForeignOneIsRefused() {
    try (TrivetClient none =
            TrivetClient.builder(cluster.endpoints()).trust(authority.authority()).connect();
        TrivetClient strange =
            TrivetClient.builder(cluster.endpoints())
                .trust(authority.authority())
                .certificate(foreign.certificate("stranger"), foreign.key("stranger"))
                .connect();
        TrivetClient clear = TrivetClient.connect(cluster.endpoints())) {
      for (TrivetClient refused : List.of(none, strange, clear)) {
        assertThatThrownBy(() -> refused.keys().get(text("k")))
            .isInstanceOfSatisfying(
                TrivetException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNREACHABLE));
      }
      assertThatThrownBy(() -> none.keys().get(text("k")))
          .hasMessageContaining("TLS: (certificate_required)");
    }
  }

  @Test
  void theCommandLineSpeaksTls() {
    CommandRun put = run(authority, "put", "cli", "1");
    CommandRun get = run(authority, "get", "cli", "-o", "value");
    CommandRun wrong = run(foreign, "get", "cli", "--timeout", "2");

    assertThat(put.code()).as(put.err()).isZero();
    assertThat(get.out().strip()).isEqualTo("1");
    assertThat(wrong.code()).isEqualTo(4);
    assertThat(wrong.err()).contains("TLS: the node's certificate is not trusted");
  }

  @Test
  void aBenchSpeaksTlsAndTrustsTheAuthorityAlone() {
    String[] bench = {
      "bench", "kv", "--clients=2", "--keys=10", "--seconds=0.3", "--warmup=0", "-o=json"
    };

    CommandRun trusting = run(authority, bench);
    CommandRun distrustful = run(foreign, bench);

    assertThat(trusting.code()).as(trusting.err()).isZero();
    assertThat(trusting.out()).contains("\"errors\":0");
    assertThat(distrustful.code()).isEqualTo(4);
    assertThat(distrustful.err()).contains("TLS with ");
  }

  @Test
  void theDoctorLooksAtANodeThatSpeaksTls() {
    CommandRun doctor = run(authority, "doctor", "--folder", folder.toString());

    assertThat(doctor.out()).contains("ok    node " + cluster.endpoints().getFirst());
  }

  @Test
  void aBadFileIsNamed() throws IOException {
    Path text = Files.writeString(folder.resolve("text.pem"), "no certificate");
    String client = authority.certificate("client").toString();

    CommandRun missing = CommandRun.of("get", "k", "--cacert", folder.resolve("none").toString());
    CommandRun bad = CommandRun.of("get", "k", "--cacert", text.toString());
    CommandRun alone = CommandRun.of("get", "k", "--cert", client);
    CommandRun other =
        CommandRun.of("get", "k", "--cert", client, "--key", authority.key("node").toString());

    assertThat(List.of(missing.code(), bad.code(), alone.code(), other.code())).containsOnly(2);
    assertThat(missing.err()).contains(folder.resolve("none") + ": there is no such file");
    assertThat(bad.err()).contains(text + ": ").contains("BEGIN CERTIFICATE");
    assertThat(alone.err()).contains("--cert and --key");
    assertThat(other.err()).contains(authority.key("node") + ": it is not the key of");
  }

  private CommandRun run(TestCertificates trusted, String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--endpoints", cluster.endpoints().getFirst()));
    all.addAll(List.of("--cacert", trusted.authority().toString()));
    all.addAll(List.of("--cert", authority.certificate("client").toString()));
    all.addAll(List.of("--key", authority.key("client").toString()));
    return CommandRun.of(all.toArray(String[]::new));
  }

  private TrivetClient.Builder client(TestCertificates trusted) {
    return client(cluster.endpoints(), trusted);
  }

  private TrivetClient.Builder client(List<String> endpoints, TestCertificates trusted) {
    return TrivetClient.builder(endpoints)
        .trust(trusted.authority())
        .certificate(authority.certificate("client"), authority.key("client"));
  }

  private static ByteString text(String text) {
    return ByteString.copyFromUtf8(text);
  }
}
