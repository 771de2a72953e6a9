package dev.trivet.api.gateway;

import com.google.protobuf.ByteString;
import dev.trivet.api.port.ClientPort;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a body that comes in pieces into its JSON objects, which stand one after another. Only looks
 * where each ends; whether it is right inside is the parser's to say. Used by one thread at a time.
 */
final class JsonValues {
  private ByteString bytes = ByteString.EMPTY;

  /** Of {@code bytes}, how many were looked at. */
  private int scanned;

  private int depth;
  private boolean isInString;
  private boolean isEscaped;

  void add(ByteString piece) {
    bytes = bytes.concat(piece);
  }

  /**
   * The next object that is there whole; null while there is none.
   *
   * @throws TrivetException INVALID_ARGUMENT when something else than an object comes, or one that
   *     is too large
   */
  @Nullable String next() {
    while (scanned < bytes.size()) {
      byte next = bytes.byteAt(scanned);
      scanned++;
      if (depth == 0 && isBlank(next)) {
        bytes = bytes.substring(scanned);
        scanned = 0;
      } else if (depth == 0 && next != '{') {
        throw malformed("a JSON object should begin where a byte " + (next & 0xff) + " is");
      } else if (isEnd(next)) {
        String value = bytes.substring(0, scanned).toStringUtf8();
        bytes = bytes.substring(scanned);
        scanned = 0;
        return value;
      }
    }
    if (bytes.size() > ClientPort.MAX_BODY_BYTES) {
      throw malformed("one request has at most " + ClientPort.MAX_BODY_BYTES + " bytes");
    }
    return null;
  }

  /**
   * To be called at the end.
   *
   * @throws TrivetException INVALID_ARGUMENT when half an object is left
   */
  void requireNothingLeft() {
    if (!bytes.isEmpty()) {
      throw malformed("the body ends inside a JSON object");
    }
  }

  private boolean isEnd(byte next) {
    if (isInString) {
      isInString = isEscaped || next != '"';
      isEscaped = !isEscaped && next == '\\';
      return false;
    }
    switch (next) {
      case '"' -> isInString = true;
      case '{', '[' -> depth++;
      case '}', ']' -> depth--;
      default -> {}
    }
    return depth == 0;
  }

  private static boolean isBlank(byte next) {
    return next == ' ' || next == '\n' || next == '\r' || next == '\t';
  }

  private static TrivetException malformed(String why) {
    return ErrorCode.INVALID_ARGUMENT.exception("no JSON of this request: " + why);
  }
}
