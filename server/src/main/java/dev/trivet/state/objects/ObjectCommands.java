package dev.trivet.state.objects;

import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.log.CommitManifest;
import dev.trivet.proto.log.CreateBucket;
import dev.trivet.proto.log.DeleteBucket;
import dev.trivet.proto.log.DeleteObject;
import dev.trivet.proto.log.DropGarbage;
import dev.trivet.proto.log.Outcome;
import dev.trivet.state.entry.EntryContext;

/** Buckets, manifests, and the references that keep extents alive. */
public final class ObjectCommands {
  private ObjectCommands() {}

  public static Outcome createBucket(EntryContext context, CreateBucket command) {
    return EntryContext.refuse(ErrorCode.UNIMPLEMENTED);
  }

  public static Outcome deleteBucket(EntryContext context, DeleteBucket command) {
    return EntryContext.refuse(ErrorCode.UNIMPLEMENTED);
  }

  public static Outcome commitManifest(EntryContext context, CommitManifest command) {
    return EntryContext.refuse(ErrorCode.UNIMPLEMENTED);
  }

  public static Outcome deleteObject(EntryContext context, DeleteObject command) {
    return EntryContext.refuse(ErrorCode.UNIMPLEMENTED);
  }

  public static Outcome dropGarbage(EntryContext context, DropGarbage command) {
    return EntryContext.refuse(ErrorCode.UNIMPLEMENTED);
  }
}
