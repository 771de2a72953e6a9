package dev.trivet.api.auth;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.StringValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.util.JsonFormat;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * What a token says: a user, the revision of users and roles it was given at, and when it ends.
 *
 * <p>Source: RFC 7519; the claims are etcd's. Unlike etcd, a token that never ends is none.
 *
 * @param startsMillis valid from then on, milliseconds since the epoch
 * @param endsMillis valid before then
 */
record Jwt(String user, long authRevision, long startsMillis, long endsMillis) {
  /** More than any that is given: names of users have at most 1,024 bytes. */
  private static final int MAX_LETTERS = 8_192;

  private static final double MILLIS = 1_000;
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
  private static final Base64.Decoder DECODER = Base64.getUrlDecoder();

  boolean isValidAt(long millis) {
    return startsMillis <= millis && millis < endsMillis;
  }

  /** The token, signed. The end is written in whole seconds. */
  String signedBy(JwtKey key) {
    String content =
        encode("{\"alg\":\"" + key.algorithm() + "\",\"typ\":\"JWT\"}")
            + "."
            + encode(
                "{\"exp\":%d,\"revision\":%d,\"username\":%s}"
                    .formatted(endsMillis / 1_000, authRevision, quoted(user)));
    return content + "." + ENCODER.encodeToString(key.sign(content.getBytes(US_ASCII)));
  }

  /**
   * What a token says that the key has signed, by the key's own method, whatever the token says of
   * that; null when it is no such token. Whether it is valid now is another question.
   */
  static @Nullable Jwt of(String token, JwtKey key) {
    int first = token.indexOf('.');
    int second = token.indexOf('.', first + 1);
    if (token.length() > MAX_LETTERS || second < 0 || token.indexOf('.', second + 1) >= 0) {
      return null;
    }
    try {
      Struct header = decode(token.substring(0, first));
      // What must be understood to be taken, RFC 7515, 4.1.11: nothing more is.
      if (!text(header, "alg").equals(key.algorithm()) || header.containsFields("crit")) {
        return null;
      }
      byte[] signature = DECODER.decode(token.substring(second + 1));
      return key.isRight(token.substring(0, second).getBytes(US_ASCII), signature)
          ? of(decode(token.substring(first + 1, second)))
          : null;
    } catch (IllegalArgumentException | InvalidProtocolBufferException _) {
      return null;
    }
  }

  private static @Nullable Jwt of(Struct claims) {
    String user = text(claims, "username");
    Double revision = number(claims, "revision");
    Double ends = number(claims, "exp");
    Double starts = number(claims, "nbf");
    if (user.isEmpty() || revision == null || ends == null) {
      return null;
    }
    if (starts == null && claims.containsFields("nbf")) {
      return null;
    }
    return new Jwt(
        user,
        revision.longValue(),
        starts == null ? Long.MIN_VALUE : (long) (starts * MILLIS),
        (long) (ends * MILLIS));
  }

  private static String text(Struct of, String name) {
    Value value = of.getFieldsOrDefault(name, Value.getDefaultInstance());
    return value.hasStringValue() ? value.getStringValue() : "";
  }

  private static @Nullable Double number(Struct of, String name) {
    Value value = of.getFieldsOrDefault(name, Value.getDefaultInstance());
    return value.hasNumberValue() ? value.getNumberValue() : null;
  }

  private static Struct decode(String part) throws InvalidProtocolBufferException {
    Struct.Builder parsed = Struct.newBuilder();
    JsonFormat.parser().merge(new String(DECODER.decode(part), UTF_8), parsed);
    return parsed.build();
  }

  private static String encode(String json) {
    return ENCODER.encodeToString(json.getBytes(UTF_8));
  }

  private static String quoted(String text) {
    try {
      return JsonFormat.printer().print(StringValue.of(text));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a string has no JSON", e);
    }
  }
}
