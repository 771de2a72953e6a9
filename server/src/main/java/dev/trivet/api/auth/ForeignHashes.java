package dev.trivet.api.auth;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import at.favre.lib.crypto.bcrypt.BCrypt;
import at.favre.lib.crypto.bcrypt.BCrypt.Version;
import at.favre.lib.crypto.bcrypt.LongPasswordStrategies;
import com.google.protobuf.ByteString;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Passwords that another program has hashed by bcrypt, as etcd keeps them: {@code $2a$10$}, 22
 * letters of salt, 31 of hash. New ones are never made.
 */
final class ForeignHashes {
  /** What Go's library writes and takes, and the name that others have for the same. */
  private static final Pattern FORM = Pattern.compile("\\$2[aby]\\$([0-9]{2})\\$[./A-Za-z0-9]{53}");

  private static final int MIN_COST = 4;

  /** Each more doubles the time; this is about a second, and two threads do it for all. */
  private static final int MAX_COST = 14;

  /** Of long passwords only the first 72 bytes count, as in Go's library. */
  private static final BCrypt.Verifyer VERIFIER =
      BCrypt.verifyer(Version.VERSION_2A, LongPasswordStrategies.truncate(Version.VERSION_2A));

  private ForeignHashes() {}

  /**
   * The hash as text.
   *
   * @throws TrivetException INVALID_ARGUMENT
   */
  static ByteString require(String base64) {
    String text;
    try {
      text = new String(Base64.getDecoder().decode(base64), US_ASCII);
    } catch (IllegalArgumentException e) {
      throw ErrorCode.INVALID_ARGUMENT.exception("hashedPassword is no base64", e);
    }
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw ErrorCode.INVALID_ARGUMENT.exception(
          "hashedPassword is no hash of bcrypt's, as $2a$10$ and 53 letters");
    }
    int cost = Integer.parseInt(form.group(1));
    if (cost < MIN_COST || cost > MAX_COST) {
      throw ErrorCode.INVALID_ARGUMENT.exception(
          "hashedPassword has a cost of %d; allowed are %d to %d"
              .formatted(cost, MIN_COST, MAX_COST));
    }
    return ByteString.copyFrom(text, US_ASCII);
  }

  /** Slow on purpose. */
  static boolean isRight(String password, ByteString hash) {
    return VERIFIER.verify(password.getBytes(UTF_8), hash.toByteArray()).verified;
  }
}
