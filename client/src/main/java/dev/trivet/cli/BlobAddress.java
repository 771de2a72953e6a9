package dev.trivet.cli;

import dev.trivet.errors.ErrorCode;

/**
 * A blob's place on the command line: {@code trivet:BUCKET/KEY}.
 *
 * @param key empty: the bucket itself, or a key yet to be chosen; it may hold slashes
 */
record BlobAddress(String bucket, String key) {
  private static final String MARK = "trivet:";

  /** Whether a text names a blob where it might also name a file. */
  static boolean isMarked(String text) {
    return text.startsWith(MARK);
  }

  /** Reads a place; the mark may be left out where only a blob can be meant. */
  static BlobAddress parse(String text) {
    String place = isMarked(text) ? text.substring(MARK.length()) : text;
    int slash = place.indexOf('/');
    String bucket = slash < 0 ? place : place.substring(0, slash);
    if (bucket.isEmpty()) {
      throw ErrorCode.INVALID_ARGUMENT.exception(
          "'" + text + "' has no bucket: BUCKET/KEY is needed");
    }
    return new BlobAddress(bucket, slash < 0 ? "" : place.substring(slash + 1));
  }

  /** Reads the place of one blob. */
  static BlobAddress parseWithKey(String text) {
    BlobAddress address = parse(text);
    if (address.key.isEmpty()) {
      throw ErrorCode.INVALID_ARGUMENT.exception("'" + text + "' has no key: BUCKET/KEY is needed");
    }
    return address;
  }

  /** This place; if it ends like a folder, the blob of that name in it. */
  BlobAddress orWithin(String name) {
    return key.isEmpty() || key.endsWith("/") ? new BlobAddress(bucket, key + name) : this;
  }

  /** What follows the key's last slash. */
  String lastName() {
    return key.substring(key.lastIndexOf('/') + 1);
  }

  @Override
  public String toString() {
    return MARK + bucket + "/" + key;
  }
}
