package dev.trivet.peer.tls;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.trivet.errors.TrivetException;
import dev.trivet.foreign.TestCertificates;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import javax.net.ssl.X509ExtendedKeyManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CertificatesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Path folder;
  private final TestCertificates authority;

  CertificatesTest(@TempDir Path folder) throws Exception {
    this.folder = folder;
    authority = new TestCertificates(folder, "ca").sign("n1").signRsa("n2");
  }

  @Test
  void aFileThatIsMissingOrHoldsSomethingElseIsNamed() throws Exception {
    Path none = folder.resolve("none.pem");
    Path text = Files.writeString(folder.resolve("text.pem"), "nothing");

    assertIsRefused(files(none, "n1"), none + ": there is no such file");
    assertIsRefused(files(text, "n1"), text + ": no certificate in PEM form");
    assertIsRefused(
        new TlsFiles(authority.certificate("n1"), text, null), text + ": it holds no private key");
    assertIsRefused(
        new TlsFiles(authority.certificate("n1"), authority.key("n1"), none),
        none + ": there is no such file");
    assertIsRefused(
        new TlsFiles(authority.certificate("n1"), folder, null), folder + ": it cannot be read");
  }

  @Test
  void aKeyOfAnotherCertificateIsRefused() {
    assertIsRefused(
        files(authority.certificate("n1"), "n2"),
        "n2.key: it is not the key of the certificate in " + authority.certificate("n1"));
    assertIsRefused(files(authority.certificate("n1"), "ca"), "ca.key: it is not the key");
  }

  @Test
  void aCertificateThatIsNotValidNowIsRefusedWithItsTime() {
    InstantSource later = () -> Instant.now().plus(Duration.ofDays(20));
    InstantSource before = () -> Instant.now().minus(Duration.ofDays(20));

    TlsFiles files =
        new TlsFiles(authority.certificate("n1"), authority.key("n1"), authority.authority());

    assertThatThrownBy(() -> Certificates.read(files, later))
        .isInstanceOf(TrivetException.class)
        .hasMessageContaining("n1.pem: it expired at");
    assertThatThrownBy(() -> Certificates.read(files, before))
        .hasMessageContaining("n1.pem: it is valid from");
  }

  @Test
  void anOldFormOfKeyIsRefusedWithTheCommandThatMakesTheNewOne() throws Exception {
    authority.openssl(
        List.of(
            "rsa", "-traditional", "-in", "n2.key", "-out", folder.resolve("old.key").toString()));

    assertIsRefused(
        files(authority.certificate("n2"), "old"),
        "openssl pkcs8 -topk8 -nocrypt -in " + folder.resolve("old.key"));
  }

  @Test
  void newFilesAreInForceSoonAndBadOnesNever() throws Exception {
    authority.sign("new");
    Path certificate = Files.copy(authority.certificate("n1"), folder.resolve("used.pem"));
    Path key = Files.copy(authority.key("n1"), folder.resolve("used.key"));
    X509ExtendedKeyManager keys =
        Certificates.read(new TlsFiles(certificate, key, null), InstantSource.system()).keys();
    String first = alias(keys);

    Files.writeString(certificate, "half a file");
    await()
        .during(Duration.ofSeconds(2))
        .atMost(PATIENCE)
        .until(() -> names(keys, alias(keys)).contains("CN=n1"));

    Files.copy(authority.certificate("new"), certificate, REPLACE_EXISTING);
    Files.copy(authority.key("new"), key, REPLACE_EXISTING);

    await().atMost(PATIENCE).until(() -> names(keys, alias(keys)).contains("CN=new"));
    // A handshake that began before ends with what it began with.
    assertThat(names(keys, first)).contains("CN=n1");
  }

  private TlsFiles files(Path certificate, String key) {
    return new TlsFiles(certificate, authority.key(key), null);
  }

  private static String alias(X509ExtendedKeyManager keys) {
    return keys.chooseServerAlias("EC", null, null);
  }

  private static String names(X509ExtendedKeyManager keys, String alias) {
    X509Certificate own = keys.getCertificateChain(alias)[0];
    return own.getSubjectX500Principal().getName();
  }

  private static void assertIsRefused(TlsFiles files, String text) {
    assertThatThrownBy(() -> Certificates.read(files, InstantSource.system()))
        .isInstanceOf(TrivetException.class)
        .hasMessageContaining(text);
  }
}
