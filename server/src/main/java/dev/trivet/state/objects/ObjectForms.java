package dev.trivet.state.objects;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.blobs.Extent;
import dev.trivet.proto.blobs.Manifest;
import dev.trivet.proto.log.CommitManifest;
import dev.trivet.proto.log.Outcome;
import dev.trivet.state.entry.EntryContext;
import dev.trivet.state.entry.ExtentId;
import org.jspecify.annotations.Nullable;

/** What a bucket's name and a manifest must look like, whatever the state is. */
final class ObjectForms {
  private static final int MAX_KEY_BYTES = 1024;
  private static final int MAX_EXTENTS = 10_000;
  private static final int MAX_MANIFEST_BYTES = 512 << 10;
  private static final int DIGEST_BYTES = 32;

  private ObjectForms() {}

  /** The rules that S3 has for names, but for reserved prefixes and suffixes. */
  static boolean isBucketName(String name) {
    if (!name.matches("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")) {
      return false;
    }
    boolean hasEmptyLabel = name.contains("..");
    boolean looksLikeAddress = name.matches("[0-9]+\\.[0-9]+\\.[0-9]+\\.[0-9]+");
    return !hasEmptyLabel && !looksLikeAddress;
  }

  /** Null when the command is well-formed. */
  static @Nullable Outcome refuseForm(CommitManifest command) {
    Manifest manifest = command.getManifest();
    int keyBytes = command.getKey().getBytes(UTF_8).length;
    if (keyBytes == 0 || keyBytes > MAX_KEY_BYTES) {
      return invalid("an object's name has 1 to " + MAX_KEY_BYTES + " bytes, got " + keyBytes);
    }
    if (manifest.getSha256().size() != DIGEST_BYTES) {
      return invalid(
          "a SHA-256 has " + DIGEST_BYTES + " bytes, got " + manifest.getSha256().size());
    }
    if (manifest.getExtentsCount() > MAX_EXTENTS
        || manifest.getSerializedSize() > MAX_MANIFEST_BYTES) {
      return invalid(
          "a manifest has at most "
              + MAX_EXTENTS
              + " extents and "
              + MAX_MANIFEST_BYTES
              + " bytes, got "
              + manifest.getExtentsCount()
              + " and "
              + manifest.getSerializedSize());
    }
    return manifest.getIsInline() ? refuseInline(command) : refuseExtents(command);
  }

  private static @Nullable Outcome refuseInline(CommitManifest command) {
    int size = command.getInlineContent().size();
    if (size > ObjectCommands.MAX_INLINE_BYTES) {
      return invalid(
          "inline content has at most " + ObjectCommands.MAX_INLINE_BYTES + " bytes, got " + size);
    }
    if (command.getManifest().getExtentsCount() != 0
        || command.getManifest().getSizeBytes() != size) {
      return invalid("an inline manifest has no extents and its content's size: " + size);
    }
    return null;
  }

  private static @Nullable Outcome refuseExtents(CommitManifest command) {
    if (!command.getInlineContent().isEmpty()) {
      return invalid("only an inline manifest comes with content");
    }
    long total = 0;
    for (Extent extent : command.getManifest().getExtentsList()) {
      if (extent.getId().size() != ExtentId.BYTES) {
        return invalid("an extent id has 16 bytes, got " + extent.getId().size());
      }
      if (extent.getSizeBytes() < 1 || extent.getSizeBytes() > 1L << 30) {
        return invalid("an extent has 1 byte to 1 GiB, got " + extent.getSizeBytes());
      }
      total += extent.getSizeBytes();
    }
    if (total != command.getManifest().getSizeBytes()) {
      return invalid(
          "the extents have "
              + total
              + " bytes, the manifest says "
              + command.getManifest().getSizeBytes());
    }
    return null;
  }

  private static Outcome invalid(String message) {
    return EntryContext.refuse(ErrorCode.INVALID_ARGUMENT, message);
  }
}
