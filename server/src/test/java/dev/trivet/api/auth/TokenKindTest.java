package dev.trivet.api.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class TokenKindTest {
  private final Path folder;
  private KeyFiles keys;

  TokenKindTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @BeforeAll
  void makeKeys() throws Exception {
    keys = new KeyFiles(folder);
  }

  @Test
  void theSettingReadsAsEtcds() {
    String rsa = keys.pairOf("RS256", "rsa");

    assertThat(TokenKind.parse("simple")).isEqualTo(TokenKind.SIMPLE);
    assertThat(timeToLive(rsa)).isEqualTo(Duration.ofMinutes(5));
    assertThat(timeToLive(rsa + ",ttl=10m")).isEqualTo(Duration.ofMinutes(10));
    assertThat(timeToLive(rsa + ",ttl=1h30m5s1000ms")).isEqualTo(Duration.ofSeconds(5_406));
    assertThat(KeyFiles.key("jwt,sign-method=ES256,pub-key=" + keys.file("ca.pem")).algorithm())
        .isEqualTo("ES256");
  }

  @Test
  void whatIsWrongWithTheSettingIsSaid() {
    String rsa = keys.pairOf("RS256", "rsa");
    String none = keys.file("none").toString();

    refuses("", "'' is neither simple nor jwt");
    refuses("JWT", "'JWT' is neither simple nor jwt");
    refuses("simple,ttl=5m", "'simple' has no options");
    refuses("jwt", "jwt needs sign-method, one of [HS256");
    refuses("jwt,sign-method=none", "there is no sign-method 'none', only [HS256");
    refuses("jwt,sign-method=rs256", "there is no sign-method 'rs256'");
    refuses("jwt,sign-method=RS256", "RS256 needs pub-key");
    refuses("jwt,sign-method=HS256", "HS256 needs priv-key");
    refuses(rsa + ",pubkey=x", "there is no option 'pubkey', only [sign-method");
    refuses(rsa + ",ttl", "'ttl' is not of the form OPTION=VALUE");
    refuses(rsa + ",ttl=", "'ttl=' is not of the form OPTION=VALUE");
    refuses(rsa + ",", "'' is not of the form OPTION=VALUE");
    refuses(rsa + ",ttl=1m,ttl=2m", "'ttl' is given twice");
    for (String time : new String[] {"5", "m", "0s", "-5m", "999ms", "5 m", "5mm", "1h-5m"}) {
      refuses(rsa + ",ttl=" + time, "ttl '" + time + "' is no time of a second or more");
    }
    refuses("jwt,sign-method=RS256,pub-key=" + none, none + ": there is no such file");
    refuses(
        "jwt,sign-method=RS256,pub-key=%s,priv-key=%s"
            .formatted(keys.file("rsa.pub"), keys.file("other.key")),
        keys.file("other.key") + ": it is not the key of " + keys.file("rsa.pub"));
    refuses("jwt,sign-method=RS256,pub-key=" + keys.file("rsa.key"), "it holds no public key");
  }

  @Test
  void aKeyMustBeFitForItsMethod() {
    refuses(keys.pairOf("RS256", "small"), "RS256 needs an RSA key of 2048 bits or more");
    refuses(keys.pairOf("PS256", "p256"), "PS256 needs an RSA key of 2048 bits or more");
    refuses(keys.pairOf("RS256", "ed"), "RS256 needs an RSA key of 2048 bits or more");
    refuses(keys.pairOf("ES256", "rsa"), "ES256 needs an EC key of the curve P-256");
    refuses(keys.pairOf("ES256", "p384"), "ES256 needs an EC key of the curve P-256");
    refuses(keys.pairOf("ES512", "p256"), "ES512 needs an EC key of the curve P-521");
    refuses(keys.pairOf("EdDSA", "p256"), "EdDSA needs an Ed25519 key");
    refuses(
        "jwt,sign-method=HS256,priv-key=" + keys.file("short"),
        "it has 31 bytes; a secret of HS256 has 32 or more");
    refuses(
        "jwt,sign-method=HS256,priv-key=" + keys.file("rsa.pub"),
        "it holds a public key, which is no secret for HS256");
    refuses(keys.pairOf("HS256", "rsa"), "HS256 signs with a secret and has no pub-key");
  }

  private static Duration timeToLive(String setting) {
    return ((TokenKind.Jwt) TokenKind.parse(setting)).timeToLive();
  }

  private static void refuses(String setting, String why) {
    assertThatThrownBy(() -> TokenKind.parse(setting))
        .isInstanceOfSatisfying(
            TrivetException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
        .hasMessageContaining(why);
  }
}
