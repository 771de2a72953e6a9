package dev.trivet.state;

import com.google.protobuf.ByteString;
import dev.trivet.proto.blobs.Extent;
import dev.trivet.proto.blobs.Manifest;
import dev.trivet.proto.blobs.Precondition;
import dev.trivet.proto.log.Command;
import dev.trivet.proto.log.CommitManifest;
import dev.trivet.proto.log.CreateBucket;
import dev.trivet.proto.log.DeleteBucket;
import dev.trivet.proto.log.DeleteObject;
import dev.trivet.proto.log.DropGarbage;
import java.util.List;
import java.util.Random;

/** Random commands over few buckets, names and extents, so that programs meet themselves often. */
final class ObjectCommandMaker {
  private static final List<String> BUCKETS = List.of("one", "one-two", "NoName");
  private static final List<String> KEYS =
      List.of("a", "a/", "a/b", "ab", "a\0", "\u00e4", "\uffff", "z");
  private static final int EXTENTS = 10;

  private final Random random;
  private long versions;

  ObjectCommandMaker(Random random) {
    this.random = random;
  }

  Command next(long millis) {
    Command.Builder command = Command.newBuilder();
    switch (random.nextInt(20)) {
      case 0, 1, 2 -> command.setCreateBucket(CreateBucket.newBuilder().setBucket(bucket()));
      case 3 -> command.setDeleteBucket(DeleteBucket.newBuilder().setBucket(bucket()));
      case 4, 5, 6, 7 ->
          command.setDeleteObject(
              DeleteObject.newBuilder()
                  .setBucket(bucket())
                  .setKey(key())
                  .setPrecondition(precondition()));
      case 8 ->
          command.setDropGarbage(
              DropGarbage.newBuilder()
                  .setBeforeMillis(millis - random.nextInt(3_000_000))
                  .setLimit(random.nextInt(4)));
      default -> command.setCommitManifest(commit(millis));
    }
    return command.build();
  }

  String key() {
    return KEYS.get(random.nextInt(KEYS.size()));
  }

  private CommitManifest commit(long millis) {
    versions++;
    boolean isInline = random.nextBoolean();
    Manifest.Builder manifest =
        Manifest.newBuilder()
            .setSha256(ByteString.copyFrom(new byte[random.nextInt(30) == 0 ? 31 : 32]))
            .setIsInline(isInline)
            .putMetadata("k" + random.nextInt(3), "v")
            .putMetadata("l" + random.nextInt(3), "w");
    CommitManifest.Builder command =
        CommitManifest.newBuilder()
            .setBucket(bucket())
            .setKey(random.nextInt(30) == 0 ? "" : key())
            .setPrecondition(precondition())
            .setUploadBeganMillis(millis - (random.nextInt(10) == 0 ? 45 * 60_000L + 1 : 0));
    long size = 0;
    if (isInline) {
      byte[] content = new byte[random.nextInt(20)];
      random.nextBytes(content);
      command.setInlineContent(ByteString.copyFrom(content));
      size = content.length;
    } else {
      for (int i = random.nextInt(4); i > 0; i--) {
        byte[] id = new byte[16];
        id[15] = (byte) random.nextInt(EXTENTS);
        long bytes = 100L + random.nextInt(3);
        manifest.addExtents(Extent.newBuilder().setId(ByteString.copyFrom(id)).setSizeBytes(bytes));
        size += bytes;
      }
    }
    manifest.setSizeBytes(size + (random.nextInt(30) == 0 ? 1 : 0));
    return command.setManifest(manifest).build();
  }

  private Precondition precondition() {
    return switch (random.nextInt(8)) {
      case 0 -> Precondition.newBuilder().setMustBeAbsent(true).build();
      case 1 -> Precondition.newBuilder().setVersionIs(random.nextLong(versions + 1)).build();
      default -> Precondition.getDefaultInstance();
    };
  }

  private String bucket() {
    return BUCKETS.get(random.nextInt(12) == 0 ? 2 : random.nextInt(2));
  }
}
