package dev.trivet.state.objects;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.trivet.proto.blobs.Manifest;
import dev.trivet.proto.log.BucketRecord;
import dev.trivet.proto.log.ExtentRecord;
import dev.trivet.state.entry.ExtentId;
import dev.trivet.store.Cursor;
import dev.trivet.store.Rows;
import dev.trivet.store.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads of buckets, objects and extents, on a view or a batch. */
public final class ObjectQueries {
  /** An object and its name. */
  public record Named(String key, Manifest manifest) {}

  /**
   * A part of a listing.
   *
   * @param more whether the bucket has more names that match
   */
  public record Page(List<Named> objects, boolean more) {
    public Page {
      objects = List.copyOf(objects);
    }
  }

  /** An extent whose last reference went at this log time. */
  public record Garbage(ExtentId id, long releasedMillis) {}

  private ObjectQueries() {}

  /** Null when there is no such bucket. */
  public static @Nullable BucketRecord bucket(Rows rows, String name) {
    byte[] row = rows.get(Table.BUCKET, ObjectRows.bucketKey(name));
    return row == null ? null : ObjectRows.bucket(row);
  }

  /** At most so many buckets in the order of their names. */
  public static List<BucketRecord> buckets(Rows rows, int limit) {
    List<BucketRecord> buckets = new ArrayList<>();
    try (Cursor cursor = rows.scan(Table.BUCKET, new byte[0], null)) {
      while (buckets.size() < limit && cursor.next()) {
        buckets.add(ObjectRows.bucket(cursor.value()));
      }
    }
    return buckets;
  }

  /** Null when there is no such object or no such bucket. */
  public static @Nullable Manifest head(Rows rows, String bucket, String key) {
    byte[] row = rows.get(Table.OBJECT, ObjectRows.objectKey(bucket, key));
    return row == null ? null : ObjectRows.manifest(row);
  }

  /** The bytes of an inline blob, in the same view as its manifest. */
  public static ByteString inlineContent(Rows rows, Manifest manifest) {
    byte[] row = rows.get(Table.INLINE, ObjectRows.inlineKey(manifest.getVersion()));
    if (row == null) {
      throw new IllegalStateException(
          "the inline bytes of object version " + manifest.getVersion() + " are not in the store");
    }
    return UnsafeByteOperations.unsafeWrap(row);
  }

  /**
   * Objects in the order of their names' bytes.
   *
   * @param startAfter names up to and including this one are left out
   */
  public static Page list(Rows rows, String bucket, String prefix, String startAfter, int limit) {
    byte[] first = ObjectRows.objectKey(bucket, prefix);
    byte[] after = ObjectRows.objectKey(bucket, startAfter);
    byte[] end = ObjectRows.behindPrefix(first);
    byte[] from = Arrays.compareUnsigned(after, first) > 0 ? after : first;
    List<Named> objects = new ArrayList<>();
    if (Arrays.compareUnsigned(from, end) >= 0) {
      return new Page(objects, false);
    }
    try (Cursor cursor = rows.scan(Table.OBJECT, from, end)) {
      while (cursor.next()) {
        if (!startAfter.isEmpty() && Arrays.equals(cursor.key(), after)) {
          continue;
        }
        if (objects.size() == limit) {
          return new Page(objects, true);
        }
        objects.add(
            new Named(
                ObjectRows.nameIn(cursor.key(), bucket), ObjectRows.manifest(cursor.value())));
      }
    }
    return new Page(objects, false);
  }

  /** Null when the state does not know the extent. References are 0 while it is garbage. */
  public static @Nullable ExtentRecord extent(Rows rows, ExtentId id) {
    byte[] row = rows.get(Table.EXTENT, id.toBytes());
    return row == null ? null : ExtentReferences.decode(row);
  }

  /**
   * Extents that something refers to, in the order of their ids.
   *
   * @param after ids up to and including this one are left out; null to begin
   */
  public static List<ExtentId> referencedExtents(Rows rows, @Nullable ExtentId after, int limit) {
    List<ExtentId> ids = new ArrayList<>();
    byte[] from = after == null ? new byte[0] : Arrays.copyOf(after.toBytes(), ExtentId.BYTES + 1);
    try (Cursor cursor = rows.scan(Table.EXTENT, from, null)) {
      while (ids.size() < limit && cursor.next()) {
        if (ExtentReferences.decode(cursor.value()).getReferences() > 0) {
          ids.add(ExtentId.of(cursor.key()));
        }
      }
    }
    return ids;
  }

  /** Garbage from before a log time, from the oldest on. */
  public static List<Garbage> garbage(Rows rows, long beforeMillis, int limit) {
    return garbage(rows, null, beforeMillis, limit);
  }

  /**
   * Garbage from before a log time, from the oldest on.
   *
   * @param after rows up to and including this one are left out; null to begin
   */
  public static List<Garbage> garbage(
      Rows rows, @Nullable Garbage after, long beforeMillis, int limit) {
    List<Garbage> found = new ArrayList<>();
    byte[] from = new byte[0];
    if (after != null) {
      byte[] last = ExtentReferences.garbageKey(after.releasedMillis(), after.id());
      from = Arrays.copyOf(last, last.length + 1);
    }
    byte[] end = ExtentReferences.garbageKey(Math.max(0, beforeMillis), new ExtentId(0, 0));
    if (Arrays.compareUnsigned(from, end) >= 0) {
      return found;
    }
    try (Cursor cursor = rows.scan(Table.GARBAGE, from, end)) {
      while (found.size() < limit && cursor.next()) {
        found.add(
            new Garbage(
                ExtentReferences.garbageId(cursor.key()),
                ExtentReferences.garbageMillis(cursor.key())));
      }
    }
    return found;
  }
}
