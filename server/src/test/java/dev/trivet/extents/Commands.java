package dev.trivet.extents;

import com.google.protobuf.ByteString;
import dev.trivet.proto.blobs.Extent;
import dev.trivet.proto.blobs.Manifest;
import dev.trivet.proto.log.Command;
import dev.trivet.proto.log.CommitManifest;
import dev.trivet.proto.log.CreateBucket;
import dev.trivet.proto.log.DeleteObject;
import dev.trivet.state.entry.ExtentId;

/** Commands that make and drop references to extents. */
final class Commands {
  private static final String BUCKET = "bucket";

  private Commands() {}

  static Command createBucket() {
    return Command.newBuilder()
        .setCreateBucket(CreateBucket.newBuilder().setBucket(BUCKET))
        .build();
  }

  /** An object whose only extent this is, named like the extent. */
  static Command commit(Extent extent, long beganMillis) {
    Manifest manifest =
        Manifest.newBuilder()
            .setSizeBytes(extent.getSizeBytes())
            .setSha256(ByteString.copyFrom(new byte[32]))
            .addExtents(extent)
            .build();
    return Command.newBuilder()
        .setCommitManifest(
            CommitManifest.newBuilder()
                .setBucket(BUCKET)
                .setKey(String.valueOf(ExtentId.of(extent.getId())))
                .setManifest(manifest)
                .setUploadBeganMillis(beganMillis))
        .build();
  }

  static Command delete(ExtentId id) {
    return Command.newBuilder()
        .setDeleteObject(DeleteObject.newBuilder().setBucket(BUCKET).setKey(String.valueOf(id)))
        .build();
  }
}
