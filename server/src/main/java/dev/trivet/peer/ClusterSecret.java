package dev.trivet.peer;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * What the nodes of one cluster know and nobody else: each call between them carries a digest of
 * it, and a node refuses calls without. Who can read the network's packets can read that digest
 * too.
 */
public final class ClusterSecret {
  /** No secret: every caller is let in. */
  public static final ClusterSecret NONE = new ClusterSecret("");

  /** The name of the metadata that carries it, on both ports between nodes. */
  public static final String HEADER = "trivet-secret";

  private static final int MIN_BYTES = 16;
  private static final int MAX_BYTES = 4096;

  private final String token;

  private ClusterSecret(String token) {
    this.token = token;
  }

  /**
   * Reads a secret; white space at both ends does not count.
   *
   * @throws TrivetException INVALID_ARGUMENT when the file cannot be read, or holds fewer than 16
   *     or more than 4,096 bytes
   */
  public static ClusterSecret read(Path file) {
    try {
      return of(Files.readString(file));
    } catch (IOException e) {
      throw ErrorCode.INVALID_ARGUMENT.exception("the secret cannot be read: " + e, e);
    }
  }

  /** The same from its text. */
  public static ClusterSecret of(String text) {
    byte[] secret = text.strip().getBytes(StandardCharsets.UTF_8);
    if (secret.length < MIN_BYTES || secret.length > MAX_BYTES) {
      throw ErrorCode.INVALID_ARGUMENT.exception(
          "a cluster's secret has %d to %d bytes: got %d"
              .formatted(MIN_BYTES, MAX_BYTES, secret.length));
    }
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(secret);
      return new ClusterSecret(HexFormat.of().formatHex(digest));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }

  public boolean isNone() {
    return token.isEmpty();
  }

  /** What a call carries. Not for logs. */
  public String token() {
    return token;
  }

  /** Whether a call that carries this may pass. Takes as long whatever it carries. */
  public boolean admits(@Nullable String carried) {
    return isNone()
        || (carried != null
            && MessageDigest.isEqual(
                token.getBytes(StandardCharsets.US_ASCII),
                carried.getBytes(StandardCharsets.US_ASCII)));
  }

  /** Why a call did not pass. */
  public static TrivetException refusal() {
    return ErrorCode.WRONG_CLUSTER.exception("the caller does not know this cluster's secret");
  }

  @Override
  public String toString() {
    return isNone() ? "no secret" : "a secret";
  }
}
