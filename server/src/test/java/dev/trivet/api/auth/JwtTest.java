package dev.trivet.api.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class JwtTest {
  private static final Jwt ALICE = new Jwt("alice \"ü\"", 7, Long.MIN_VALUE, 2_000_000_000_000L);
  private static final String CLAIMS = "{\"username\":\"alice\",\"revision\":7,\"exp\":2000000000}";

  private final Path folder;
  private KeyFiles keys;
  private JwtKey rsa;

  JwtTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @BeforeAll
  void makeKeys() throws Exception {
    keys = new KeyFiles(folder);
    rsa = KeyFiles.key(keys.pairOf("RS256", "rsa"));
  }

  @Test
  void whatAMethodSignsItTakesAndNoOtherMethodOrKeyDoes() {
    List<JwtKey> all =
        List.of(
            KeyFiles.key(keys.secretOf("HS256")),
            KeyFiles.key(keys.secretOf("HS384")),
            KeyFiles.key(keys.secretOf("HS512")),
            rsa,
            KeyFiles.key(keys.pairOf("RS256", "other")),
            KeyFiles.key(keys.pairOf("RS384", "rsa")),
            KeyFiles.key(keys.pairOf("RS512", "rsa")),
            KeyFiles.key(keys.pairOf("PS256", "rsa")),
            KeyFiles.key(keys.pairOf("PS384", "rsa")),
            KeyFiles.key(keys.pairOf("PS512", "rsa")),
            KeyFiles.key(keys.pairOf("ES256", "p256")),
            KeyFiles.key(keys.pairOf("ES384", "p384")),
            KeyFiles.key(keys.pairOf("ES512", "p521")),
            KeyFiles.key(keys.pairOf("EdDSA", "ed")));
    for (JwtKey signing : all) {
      String token = ALICE.signedBy(signing);
      for (JwtKey verifying : all) {
        assertThat(Jwt.of(token, verifying))
            .as("%s by %s", signing, verifying)
            .isEqualTo(signing.equals(verifying) ? ALICE : null);
      }
    }
  }

  @Test
  void aTokenWithoutASignatureIsNone() {
    for (String header : new String[] {"none", "None", "NONE", ""}) {
      String content = part("{\"alg\":\"" + header + "\"}") + "." + part(CLAIMS);
      assertThat(Jwt.of(content + ".", rsa)).isNull();
      assertThat(Jwt.of(signed("{\"alg\":\"" + header + "\"}", CLAIMS, rsa), rsa)).isNull();
    }
    assertThat(Jwt.of(part("{\"alg\":\"RS256\"}") + "." + part(CLAIMS) + ".", rsa)).isNull();
    assertThat(Jwt.of(part("{\"alg\":\"RS256\"}") + "." + part(CLAIMS), rsa)).isNull();
  }

  @Test
  void thePublicKeyIsNoSecretToSignWith() throws Exception {
    byte[] file = Files.readAllBytes(keys.file("rsa.pub"));
    byte[] key = ((JwtKey.Pair) rsa).verifying().getEncoded();
    for (byte[] secret : new byte[][] {file, key}) {
      JwtKey forger = JwtKey.Secret.of(JwtMethod.HS256, secret);
      assertThat(Jwt.of(signed("{\"alg\":\"HS256\"}", CLAIMS, forger), rsa)).isNull();
      assertThat(Jwt.of(signed("{\"alg\":\"RS256\"}", CLAIMS, forger), rsa)).isNull();
    }
  }

  @Test
  void aTokenIsTakenOnlyWhole() {
    String header = "{\"alg\":\"RS256\",\"typ\":\"JWT\"}";
    String token = signed(header, CLAIMS, rsa);
    List<String> parts = List.of(token.split("\\.", -1));

    assertThat(Jwt.of(token, rsa))
        .isEqualTo(new Jwt("alice", 7, Long.MIN_VALUE, 2_000_000_000_000L));
    assertThat(
            Jwt.of(
                parts.get(0) + "." + part(CLAIMS.replace("alice", "root")) + "." + parts.get(2),
                rsa))
        .isNull();
    assertThat(Jwt.of(token + ".", rsa)).isNull();
    assertThat(Jwt.of(token + "?", rsa)).isNull();
    assertThat(Jwt.of(token.substring(0, token.length() - 8), rsa)).isNull();
    assertThat(Jwt.of("", rsa)).isNull();
    assertThat(Jwt.of("a.b.c", rsa)).isNull();
    assertThat(Jwt.of(signed(header, "[1]", rsa), rsa)).isNull();
    assertThat(Jwt.of(signed(header, "{\"username\":\"a\",\"revision\":1}", rsa), rsa)).isNull();
    assertThat(Jwt.of(signed(header, "{\"username\":\"a\",\"exp\":2000000000}", rsa), rsa))
        .isNull();
    assertThat(Jwt.of(signed(header, "{\"revision\":1,\"exp\":2000000000}", rsa), rsa)).isNull();
    assertThat(Jwt.of(signed(header, CLAIMS.replace("7", "\"7\""), rsa), rsa)).isNull();
    assertThat(Jwt.of(signed("{\"alg\":\"RS256\",\"crit\":[\"b64\"]}", CLAIMS, rsa), rsa)).isNull();
  }

  @Test
  void aTokenIsValidFromItsBeginningToItsEnd() {
    Jwt token =
        Jwt.of(
            signed("{\"alg\":\"RS256\"}", CLAIMS.replace("}", ",\"nbf\":1000000000}"), rsa), rsa);

    assertThat(token).isNotNull();
    assertThat(token.isValidAt(999_999_999_999L)).isFalse();
    assertThat(token.isValidAt(1_000_000_000_000L)).isTrue();
    assertThat(token.isValidAt(1_999_999_999_999L)).isTrue();
    assertThat(token.isValidAt(2_000_000_000_000L)).isFalse();
  }

  /** As anybody with the key could make it. */
  private static String signed(String header, String claims, JwtKey key) {
    String content = part(header) + "." + part(claims);
    return content
        + "."
        + Base64.getUrlEncoder().withoutPadding().encodeToString(key.sign(content.getBytes(UTF_8)));
  }

  private static String part(String json) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(UTF_8));
  }
}
