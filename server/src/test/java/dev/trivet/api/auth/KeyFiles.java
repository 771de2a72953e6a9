package dev.trivet.api.auth;

import dev.trivet.foreign.TestCertificates;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Keys as an operator makes them, by openssl: NAME.key and NAME.pub. */
final class KeyFiles {
  private final Path folder;
  private final TestCertificates maker;

  KeyFiles(Path folder) throws Exception {
    this.folder = folder;
    maker = new TestCertificates(folder, "ca");
    pair("rsa", "RSA", "-pkeyopt", "rsa_keygen_bits:2048");
    pair("other", "RSA", "-pkeyopt", "rsa_keygen_bits:2048");
    pair("small", "RSA", "-pkeyopt", "rsa_keygen_bits:1024");
    pair("p256", "EC", "-pkeyopt", "ec_paramgen_curve:P-256");
    pair("p384", "EC", "-pkeyopt", "ec_paramgen_curve:P-384");
    pair("p521", "EC", "-pkeyopt", "ec_paramgen_curve:P-521");
    pair("ed", "ed25519");
    Files.writeString(folder.resolve("secret"), "s".repeat(64));
    Files.writeString(folder.resolve("short"), "s".repeat(31));
  }

  private void pair(String name, String algorithm, String... more) throws Exception {
    maker.openssl(
        List.of("genpkey", "-algorithm", algorithm), List.of(more), List.of("-out", name + ".key"));
    maker.openssl(List.of("pkey", "-in", name + ".key", "-pubout", "-out", name + ".pub"));
  }

  Path file(String name) {
    return folder.resolve(name);
  }

  /** The setting with both keys. */
  String pairOf(String method, String name) {
    return "jwt,sign-method=%s,pub-key=%s,priv-key=%s"
        .formatted(method, file(name + ".pub"), file(name + ".key"));
  }

  String secretOf(String method) {
    return "jwt,sign-method=%s,priv-key=%s".formatted(method, file("secret"));
  }

  static JwtKey key(String setting) {
    return ((TokenKind.Jwt) TokenKind.parse(setting)).key();
  }
}
