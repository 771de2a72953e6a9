package dev.trivet.client;

import com.google.protobuf.ByteString;
import dev.trivet.errors.ErrorCode;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 of what passes by. */
final class Digests {
  private Digests() {}

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Ends the digest. Throws DATA_CORRUPT, with both values, unless it is the expected one. */
  static void require(MessageDigest digest, ByteString expected, String what) {
    ByteString seen = ByteString.copyFrom(digest.digest());
    if (!seen.equals(expected)) {
      throw ErrorCode.DATA_CORRUPT.exception(
          what + ": SHA-256 " + hex(seen) + ", the manifest says " + hex(expected));
    }
  }

  private static String hex(ByteString digest) {
    return digest.isEmpty() ? "(none)" : HexFormat.of().formatHex(digest.toByteArray());
  }
}
