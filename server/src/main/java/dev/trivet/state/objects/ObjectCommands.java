package dev.trivet.state.objects;

import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.blobs.Extent;
import dev.trivet.proto.blobs.Manifest;
import dev.trivet.proto.blobs.Precondition;
import dev.trivet.proto.log.BucketRecord;
import dev.trivet.proto.log.CommitManifest;
import dev.trivet.proto.log.CreateBucket;
import dev.trivet.proto.log.DeleteBucket;
import dev.trivet.proto.log.DeleteObject;
import dev.trivet.proto.log.Done;
import dev.trivet.proto.log.DropGarbage;
import dev.trivet.proto.log.Outcome;
import dev.trivet.state.entry.Counter;
import dev.trivet.state.entry.EntryContext;
import dev.trivet.state.entry.ExtentId;
import dev.trivet.store.Cursor;
import dev.trivet.store.Table;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Buckets, manifests, and the references that keep extents alive.
 *
 * <p>Invariants: a bucket's row counts its objects and their bytes exactly; an object's version is
 * higher than that of every object committed before it. All checks come before the first write, so
 * a refused command has written nothing.
 */
public final class ObjectCommands {
  /** Content up to this size rides in the command. */
  public static final int MAX_INLINE_BYTES = 64 << 10;

  /** Older uploads are refused: nodes may sweep their files after an hour. */
  public static final long MAX_UPLOAD_AGE_MILLIS = 45 * 60_000L;

  private static final int MAX_DROPPED_AT_ONCE = 4096;
  private static final Outcome DONE = Outcome.newBuilder().setDone(Done.newBuilder()).build();

  private ObjectCommands() {}

  public static Outcome createBucket(EntryContext context, CreateBucket command) {
    String name = command.getBucket();
    if (!ObjectForms.isBucketName(name)) {
      return EntryContext.refuse(
          ErrorCode.INVALID_BUCKET_NAME,
          "invalid bucket name '" + name + "': " + ErrorCode.INVALID_BUCKET_NAME.nextStep());
    }
    if (bucket(context, name) != null) {
      return EntryContext.refuse(ErrorCode.BUCKET_EXISTS);
    }
    write(
        context,
        BucketRecord.newBuilder().setName(name).setCreatedMillis(context.timeMillis()).build());
    return DONE;
  }

  public static Outcome deleteBucket(EntryContext context, DeleteBucket command) {
    BucketRecord bucket = bucket(context, command.getBucket());
    if (bucket == null) {
      return EntryContext.refuse(ErrorCode.BUCKET_NOT_FOUND);
    }
    if (bucket.getObjectCount() != 0) {
      return EntryContext.refuse(
          ErrorCode.BUCKET_NOT_EMPTY,
          "the bucket is not empty: it has " + bucket.getObjectCount() + " objects");
    }
    context.rows().delete(Table.BUCKET, ObjectRows.bucketKey(command.getBucket()));
    return DONE;
  }

  /** The outcome is the manifest as it was stored. */
  public static Outcome commitManifest(EntryContext context, CommitManifest command) {
    Outcome malformed = ObjectForms.refuseForm(command);
    if (malformed != null) {
      return malformed;
    }
    BucketRecord bucket = bucket(context, command.getBucket());
    if (bucket == null) {
      return EntryContext.refuse(ErrorCode.BUCKET_NOT_FOUND);
    }
    byte[] key = ObjectRows.objectKey(command.getBucket(), command.getKey());
    Manifest old = object(context, key);
    if (!holds(command.getPrecondition(), old)) {
      return EntryContext.refuse(ErrorCode.PRECONDITION_FAILED);
    }
    Outcome unusable = refuseBytes(context, command);
    if (unusable != null) {
      return unusable;
    }
    Manifest stored =
        command.getManifest().toBuilder()
            .setVersion(context.next(Counter.OBJECT_VERSION))
            .setModifiedMillis(context.timeMillis())
            .build();
    for (Extent extent : stored.getExtentsList()) {
      ExtentReferences.retain(context, ExtentId.of(extent.getId()), extent.getSizeBytes());
    }
    if (stored.getIsInline()) {
      context
          .rows()
          .put(
              Table.INLINE,
              ObjectRows.inlineKey(stored.getVersion()),
              command.getInlineContent().toByteArray());
    }
    context.rows().put(Table.OBJECT, key, ObjectRows.encode(stored));
    if (old != null) {
      releaseBytes(context, old);
    }
    long replaced = old == null ? 0 : old.getSizeBytes();
    write(
        context,
        bucket.toBuilder()
            .setObjectCount(bucket.getObjectCount() + (old == null ? 1 : 0))
            .setSizeBytes(bucket.getSizeBytes() + stored.getSizeBytes() - replaced)
            .build());
    return Outcome.newBuilder().setManifest(stored).build();
  }

  public static Outcome deleteObject(EntryContext context, DeleteObject command) {
    BucketRecord bucket = bucket(context, command.getBucket());
    if (bucket == null) {
      return EntryContext.refuse(ErrorCode.BUCKET_NOT_FOUND);
    }
    byte[] key = ObjectRows.objectKey(command.getBucket(), command.getKey());
    Manifest old = object(context, key);
    if (old == null) {
      return EntryContext.refuse(ErrorCode.OBJECT_NOT_FOUND);
    }
    if (!holds(command.getPrecondition(), old)) {
      return EntryContext.refuse(ErrorCode.PRECONDITION_FAILED);
    }
    context.rows().delete(Table.OBJECT, key);
    releaseBytes(context, old);
    write(
        context,
        bucket.toBuilder()
            .setObjectCount(bucket.getObjectCount() - 1)
            .setSizeBytes(bucket.getSizeBytes() - old.getSizeBytes())
            .build());
    return DONE;
  }

  /**
   * Forgets garbage. A row stays for as long as an upload may take, whatever the command says: a
   * command sent twice could otherwise name an extent whose files are gone.
   */
  public static Outcome dropGarbage(EntryContext context, DropGarbage command) {
    long before = Math.min(command.getBeforeMillis(), context.timeMillis() - MAX_UPLOAD_AGE_MILLIS);
    int limit = Math.clamp(Integer.toUnsignedLong(command.getLimit()), 0, MAX_DROPPED_AT_ONCE);
    byte[] end = ExtentReferences.garbageKey(Math.max(0, before), new ExtentId(0, 0));
    List<byte[]> dropped = new ArrayList<>();
    try (Cursor cursor = context.rows().scan(Table.GARBAGE, new byte[0], end)) {
      while (dropped.size() < limit && cursor.next()) {
        dropped.add(cursor.key());
      }
    }
    for (byte[] key : dropped) {
      ExtentReferences.forget(context, key);
    }
    return DONE;
  }

  private static @Nullable Outcome refuseBytes(EntryContext context, CommitManifest command) {
    if (command.getManifest().getIsInline()) {
      return null;
    }
    long ageMillis = context.timeMillis() - command.getUploadBeganMillis();
    if (ageMillis > MAX_UPLOAD_AGE_MILLIS) {
      return EntryContext.refuse(
          ErrorCode.UPLOAD_EXPIRED,
          "the upload took "
              + ageMillis / 1000
              + " s to commit, allowed are "
              + MAX_UPLOAD_AGE_MILLIS / 1000);
    }
    for (Extent extent : command.getManifest().getExtentsList()) {
      if (!ExtentReferences.mayRetain(context, ExtentId.of(extent.getId()))) {
        return EntryContext.refuse(
            ErrorCode.UPLOAD_EXPIRED, "the manifest names an extent that was deleted meanwhile");
      }
    }
    return null;
  }

  private static boolean holds(Precondition wanted, @Nullable Manifest old) {
    if (wanted.getMustBeAbsent() && old != null) {
      return false;
    }
    return !wanted.hasVersionIs() || (old != null && old.getVersion() == wanted.getVersionIs());
  }

  private static void releaseBytes(EntryContext context, Manifest old) {
    for (Extent extent : old.getExtentsList()) {
      ExtentReferences.release(context, ExtentId.of(extent.getId()));
    }
    if (old.getIsInline()) {
      context.rows().delete(Table.INLINE, ObjectRows.inlineKey(old.getVersion()));
    }
  }

  private static @Nullable BucketRecord bucket(EntryContext context, String name) {
    return ObjectQueries.bucket(context.rows(), name);
  }

  private static @Nullable Manifest object(EntryContext context, byte[] key) {
    byte[] row = context.rows().get(Table.OBJECT, key);
    return row == null ? null : ObjectRows.manifest(row);
  }

  private static void write(EntryContext context, BucketRecord bucket) {
    context.rows().put(Table.BUCKET, ObjectRows.bucketKey(bucket.getName()), bucket.toByteArray());
  }
}
