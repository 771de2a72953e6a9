package dev.trivet.state;

import com.google.protobuf.ByteString;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.blobs.Extent;
import dev.trivet.proto.blobs.Manifest;
import dev.trivet.proto.blobs.Precondition;
import dev.trivet.proto.log.Command;
import dev.trivet.proto.log.CommitManifest;
import dev.trivet.proto.log.DeleteObject;
import dev.trivet.proto.log.DropGarbage;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Buckets as maps of names to manifests, and references counted by hand. */
final class ObjectModel {
  /** A refusal's code, or the manifest that was stored; neither for what is just done. */
  record Answer(@Nullable ErrorCode refusal, @Nullable Manifest stored) {}

  /** A stored manifest and, of an inline one, its bytes. */
  record Stored(Manifest manifest, ByteString inline) {}

  final TreeMap<String, NavigableMap<String, Stored>> buckets = new TreeMap<>();
  final ExtentModel extents = new ExtentModel();
  private long version;

  Answer apply(long millis, Command command) {
    try {
      Manifest stored =
          switch (command.getKindCase()) {
            case CREATE_BUCKET -> create(command.getCreateBucket().getBucket());
            case DELETE_BUCKET -> delete(command.getDeleteBucket().getBucket());
            case COMMIT_MANIFEST -> commit(command.getCommitManifest(), millis);
            case DELETE_OBJECT -> delete(command.getDeleteObject(), millis);
            case DROP_GARBAGE -> drop(command.getDropGarbage(), millis);
            default ->
                throw new IllegalArgumentException("not made here: " + command.getKindCase());
          };
      return new Answer(null, stored);
    } catch (TrivetException refusal) {
      return new Answer(refusal.code(), null);
    }
  }

  private @Nullable Manifest create(String name) {
    boolean isName = name.length() >= 3 && name.equals(name.toLowerCase(Locale.ROOT));
    if (!isName) {
      throw ErrorCode.INVALID_BUCKET_NAME.exception();
    }
    if (buckets.putIfAbsent(name, new TreeMap<>()) != null) {
      throw ErrorCode.BUCKET_EXISTS.exception();
    }
    return null;
  }

  private @Nullable Manifest delete(String name) {
    if (!bucket(name).isEmpty()) {
      throw ErrorCode.BUCKET_NOT_EMPTY.exception();
    }
    buckets.remove(name);
    return null;
  }

  private Manifest commit(CommitManifest command, long millis) {
    requireForm(command);
    NavigableMap<String, Stored> bucket = bucket(command.getBucket());
    Stored old = bucket.get(command.getKey());
    requireHolds(command.getPrecondition(), old);
    Manifest manifest = command.getManifest();
    if (!manifest.getIsInline()) {
      boolean isTooOld = millis - command.getUploadBeganMillis() > 45 * 60_000L;
      boolean isGarbage =
          manifest.getExtentsList().stream().anyMatch(extent -> !extents.mayRetain(extent.getId()));
      if (isTooOld || isGarbage) {
        throw ErrorCode.UPLOAD_EXPIRED.exception();
      }
    }
    Manifest stored = manifest.toBuilder().setVersion(++version).setModifiedMillis(millis).build();
    stored
        .getExtentsList()
        .forEach(extent -> extents.retain(extent.getId(), extent.getSizeBytes()));
    bucket.put(command.getKey(), new Stored(stored, command.getInlineContent()));
    release(old, millis);
    return stored;
  }

  private @Nullable Manifest delete(DeleteObject command, long millis) {
    NavigableMap<String, Stored> bucket = bucket(command.getBucket());
    Stored old = bucket.get(command.getKey());
    if (old == null) {
      throw ErrorCode.OBJECT_NOT_FOUND.exception();
    }
    requireHolds(command.getPrecondition(), old);
    bucket.remove(command.getKey());
    release(old, millis);
    return null;
  }

  /** The oldest first, those of one moment by id, and never what an upload may still name. */
  private @Nullable Manifest drop(DropGarbage command, long millis) {
    long before = Math.min(command.getBeforeMillis(), millis - 45 * 60_000L);
    for (int i = 0; i < command.getLimit(); i++) {
      extents.garbage.entrySet().stream()
          .filter(entry -> entry.getValue() < before)
          .min(
              Map.Entry.<ByteString, Long>comparingByValue()
                  .thenComparing(Map.Entry.comparingByKey(ExtentModel.ORDER)))
          .ifPresent(
              oldest -> {
                ByteString id = oldest.getKey();
                extents.garbage.remove(id);
                extents.references.remove(id);
                extents.sizes.remove(id);
              });
    }
    return null;
  }

  private void release(@Nullable Stored old, long millis) {
    if (old != null) {
      old.manifest().getExtentsList().forEach(extent -> extents.release(extent.getId()));
      extents.settle(millis);
    }
  }

  private NavigableMap<String, Stored> bucket(String name) {
    NavigableMap<String, Stored> bucket = buckets.get(name);
    if (bucket == null) {
      throw ErrorCode.BUCKET_NOT_FOUND.exception();
    }
    return bucket;
  }

  private static void requireForm(CommitManifest command) {
    Manifest manifest = command.getManifest();
    long bytes =
        manifest.getIsInline()
            ? command.getInlineContent().size()
            : manifest.getExtentsList().stream().mapToLong(Extent::getSizeBytes).sum();
    boolean isMixed =
        manifest.getIsInline()
            ? manifest.getExtentsCount() > 0
            : !command.getInlineContent().isEmpty();
    boolean isFormed =
        !command.getKey().isEmpty()
            && manifest.getSha256().size() == 32
            && bytes == manifest.getSizeBytes()
            && !isMixed;
    if (!isFormed) {
      throw ErrorCode.INVALID_ARGUMENT.exception();
    }
  }

  private static void requireHolds(Precondition wanted, @Nullable Stored old) {
    boolean isInTheWay = wanted.getMustBeAbsent() && old != null;
    boolean isOther =
        wanted.hasVersionIs()
            && (old == null || old.manifest().getVersion() != wanted.getVersionIs());
    if (isInTheWay || isOther) {
      throw ErrorCode.PRECONDITION_FAILED.exception();
    }
  }
}
