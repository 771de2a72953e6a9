package dev.trivet.api.auth;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.trivet.pem.PemFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What follows {@code jwt} in the setting: see {@link TokenKind#parse}. */
record JwtOptions(Map<String, String> given) {
  private static final String METHOD = "sign-method";
  private static final String PUBLIC_KEY = "pub-key";
  private static final String PRIVATE_KEY = "priv-key";
  private static final String TIME_TO_LIVE = "ttl";
  static final List<String> ALL = List.of(METHOD, PUBLIC_KEY, PRIVATE_KEY, TIME_TO_LIVE);

  private static final List<JwtMethod> METHODS = List.of(JwtMethod.values());
  private static final Duration DEFAULT_TIME_TO_LIVE = Duration.ofMinutes(5);
  private static final Pattern PART = Pattern.compile("\\G([0-9]{1,9})(h|ms|m|s)");

  /** Tokens end at whole seconds. */
  private static final Duration MIN_TIME_TO_LIVE = Duration.ofSeconds(1);

  /** One that is printed is no secret. */
  private static final Pattern PUBLIC = Pattern.compile("BEGIN (PUBLIC KEY|CERTIFICATE)");

  TokenKind read() {
    JwtMethod method = method();
    return new TokenKind.Jwt(method.isSecret() ? secret(method) : pair(method), timeToLive());
  }

  private JwtMethod method() {
    String name = given.get(METHOD);
    if (name == null) {
      throw TokenKind.bad("jwt needs %s, one of %s".formatted(METHOD, METHODS));
    }
    return METHODS.stream()
        .filter(method -> method.name().equals(name))
        .findFirst()
        .orElseThrow(
            () -> TokenKind.bad("there is no %s '%s', only %s".formatted(METHOD, name, METHODS)));
  }

  private JwtKey secret(JwtMethod method) {
    if (given.containsKey(PUBLIC_KEY)) {
      throw TokenKind.bad("%s signs with a secret and has no %s".formatted(method, PUBLIC_KEY));
    }
    Path file = file(PRIVATE_KEY, method);
    byte[] secret;
    try {
      secret = Files.readAllBytes(file);
    } catch (IOException e) {
      throw PemFiles.bad(file, "it cannot be read: " + e, e);
    }
    if (secret.length < method.minSecretBytes()) {
      throw PemFiles.bad(
          file,
          "it has %d bytes; a secret of %s has %d or more"
              .formatted(secret.length, method, method.minSecretBytes()));
    }
    if (PUBLIC.matcher(new String(secret, ISO_8859_1)).find()) {
      throw PemFiles.bad(file, "it holds a public key, which is no secret for " + method);
    }
    return JwtKey.Secret.of(method, secret);
  }

  /** Java tells no public key of a private one, so that is always given. */
  private JwtKey pair(JwtMethod method) {
    Path publicFile = file(PUBLIC_KEY, method);
    PublicKey verifying = PemFiles.publicKey(publicFile);
    String wanted = method.wants(verifying);
    if (wanted != null) {
      throw PemFiles.bad(publicFile, "%s needs %s".formatted(method, wanted));
    }
    if (!given.containsKey(PRIVATE_KEY)) {
      return new JwtKey.Pair(method, null, verifying);
    }
    Path privateFile = file(PRIVATE_KEY, method);
    PrivateKey signing = PemFiles.key(privateFile);
    if (!PemFiles.isPair(verifying, signing)) {
      throw PemFiles.bad(
          privateFile,
          "it is not the key of " + publicFile + ": give the two that belong together");
    }
    return new JwtKey.Pair(method, signing, verifying);
  }

  private Path file(String option, JwtMethod method) {
    String name = given.get(option);
    if (name == null) {
      throw TokenKind.bad("%s needs %s".formatted(method, option));
    }
    return Path.of(name);
  }

  /** As Go writes it: 5m, 1h30m, 90s. */
  private Duration timeToLive() {
    String text = given.get(TIME_TO_LIVE);
    if (text == null) {
      return DEFAULT_TIME_TO_LIVE;
    }
    Duration sum = Duration.ZERO;
    int end = 0;
    Matcher parts = PART.matcher(text);
    while (parts.find()) {
      long number = Long.parseLong(parts.group(1));
      sum =
          sum.plus(
              switch (parts.group(2)) {
                case "h" -> Duration.ofHours(number);
                case "m" -> Duration.ofMinutes(number);
                case "s" -> Duration.ofSeconds(number);
                default -> Duration.ofMillis(number);
              });
      end = parts.end();
    }
    if (end != text.length() || sum.compareTo(MIN_TIME_TO_LIVE) < 0) {
      throw TokenKind.bad(
          "%s '%s' is no time of a second or more, as 5m or 1h30m".formatted(TIME_TO_LIVE, text));
    }
    return sum;
  }
}
