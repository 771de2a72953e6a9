package dev.trivet.peer.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** Shows what is in force. An alias is a generation's number. */
final class LiveKeys extends X509ExtendedKeyManager {
  private final Certificates certificates;

  LiveKeys(Certificates certificates) {
    this.certificates = certificates;
  }

  /** Of the kinds, as the two TLS implementations write them: "EC", and "EC_EC". */
  private @Nullable String alias(String... kinds) {
    Certificates.Generation now = certificates.current();
    String algorithm = now.material().key().getAlgorithm();
    boolean isFit =
        Stream.of(kinds)
            .anyMatch(kind -> kind.equals(algorithm) || kind.startsWith(algorithm + "_"));
    return isFit ? Long.toString(now.number()) : null;
  }

  @Override
  public @Nullable String chooseEngineClientAlias(
      String[] kinds, Principal @Nullable [] issuers, SSLEngine engine) {
    return alias(kinds);
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String kind, Principal @Nullable [] issuers, SSLEngine engine) {
    return alias(kind);
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] kinds, Principal @Nullable [] issuers, Socket socket) {
    return alias(kinds);
  }

  @Override
  public @Nullable String chooseServerAlias(
      String kind, Principal @Nullable [] issuers, Socket socket) {
    return alias(kind);
  }

  @Override
  public String @Nullable [] getClientAliases(String kind, Principal @Nullable [] issuers) {
    return aliases(kind);
  }

  @Override
  public String @Nullable [] getServerAliases(String kind, Principal @Nullable [] issuers) {
    return aliases(kind);
  }

  private String @Nullable [] aliases(String kind) {
    String alias = alias(kind);
    return alias == null ? null : new String[] {alias};
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return named(alias).chain().toArray(X509Certificate[]::new);
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    return named(alias).key();
  }

  private Material named(String alias) {
    return certificates.numbered(Long.parseLong(alias)).material();
  }
}
