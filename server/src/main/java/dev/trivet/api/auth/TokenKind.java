package dev.trivet.api.auth;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which tokens a node gives and takes; the same on all members.
 *
 * <p>Source: etcd's documentation, {@code --auth-token}.
 */
public sealed interface TokenKind {
  /** Tokens that the log keeps. */
  record Simple() implements TokenKind {}

  /**
   * Tokens that are signed, and kept by nobody.
   *
   * @param timeToLive positive
   */
  record Jwt(JwtKey key, Duration timeToLive) implements TokenKind {}

  TokenKind SIMPLE = new Simple();

  /**
   * As etcd's flag reads: {@code simple}, or {@code
   * jwt,sign-method=RS256,pub-key=FILE,priv-key=FILE,ttl=5m}. Reads the files.
   *
   * @throws TrivetException INVALID_ARGUMENT that says what is wrong, and names the file
   */
  static TokenKind parse(String text) {
    List<String> parts = List.of(text.split(",", -1));
    Map<String, String> options = new HashMap<>();
    for (String part : parts.subList(1, parts.size())) {
      String[] pair = part.split("=", -1);
      if (pair.length != 2 || pair[1].isEmpty()) {
        throw bad("'" + part + "' is not of the form OPTION=VALUE");
      }
      if (!JwtOptions.ALL.contains(pair[0])) {
        throw bad("there is no option '%s', only %s".formatted(pair[0], JwtOptions.ALL));
      }
      if (options.put(pair[0], pair[1]) != null) {
        throw bad("'" + pair[0] + "' is given twice");
      }
    }
    return switch (parts.getFirst()) {
      case "simple" -> {
        if (!options.isEmpty()) {
          throw bad("'simple' has no options");
        }
        yield SIMPLE;
      }
      case "jwt" -> new JwtOptions(options).read();
      default -> throw bad("'%s' is neither simple nor jwt".formatted(parts.getFirst()));
    };
  }

  /** What is wrong with the setting. */
  static TrivetException bad(String why) {
    return ErrorCode.INVALID_ARGUMENT.exception("--auth-token: " + why);
  }
}
