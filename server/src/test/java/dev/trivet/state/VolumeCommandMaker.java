package dev.trivet.state;

import com.google.protobuf.ByteString;
import dev.trivet.proto.files.ExtentRange;
import dev.trivet.proto.files.Link;
import dev.trivet.proto.files.MakeNode;
import dev.trivet.proto.files.Operation;
import dev.trivet.proto.files.Release;
import dev.trivet.proto.files.RemoveDirectory;
import dev.trivet.proto.files.Rename;
import dev.trivet.proto.files.SetAttributes;
import dev.trivet.proto.files.Slice;
import dev.trivet.proto.files.Unlink;
import dev.trivet.proto.files.Write;
import dev.trivet.proto.log.CloseSession;
import dev.trivet.proto.log.Command;
import dev.trivet.proto.log.CreateVolume;
import dev.trivet.proto.log.DeleteVolume;
import dev.trivet.proto.log.DropGarbage;
import dev.trivet.proto.log.ExpireDue;
import dev.trivet.proto.log.MutateVolume;
import dev.trivet.proto.log.OpenSession;
import dev.trivet.proto.log.RenewSession;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Random commands over few volumes, sessions, names, inodes and extents, so that programs meet
 * themselves often.
 */
final class VolumeCommandMaker {
  private static final List<String> VOLUMES = List.of("v", "w");
  private static final List<String> NAMES = List.of("a", "b", "ab", "c");
  private static final int[] MODES = {
    0100644, 0100644, 0100644, 0040755, 0040755, 0042770, 0120777, 0010600, 0020600
  };
  private static final int MAX_SIZE = 160;

  private final Random random;
  private final VolumeModel model;

  VolumeCommandMaker(Random random, VolumeModel model) {
    this.random = random;
    this.model = model;
  }

  Command next(long millis) {
    Command.Builder command = Command.newBuilder();
    switch (random.nextInt(40)) {
      case 0, 1 ->
          command.setCreateVolume(
              CreateVolume.newBuilder()
                  .setName(volume())
                  .setIfAbsent(random.nextBoolean())
                  .setQuotaBytes(random.nextInt(3) == 0 ? 6_000 : 0));
      case 2 -> {
        if (random.nextInt(3) == 0) {
          command.setDeleteVolume(DeleteVolume.newBuilder().setName(volume()));
        } else {
          command.setCloseSession(CloseSession.newBuilder().setSessionId(session()));
        }
      }
      case 3, 4, 5 ->
          command.setOpenSession(
              OpenSession.newBuilder()
                  .setVolume(volume())
                  .setHolder("somebody")
                  .setSessionId(session())
                  .setTtlMillis(1_000 + random.nextInt(9_000)));
      case 6, 7 -> command.setRenewSession(RenewSession.newBuilder().setSessionId(session()));
      case 8, 9 -> command.setExpireDue(ExpireDue.newBuilder().setLimit(1_000));
      case 10 ->
          command.setDropGarbage(DropGarbage.newBuilder().setBeforeMillis(millis).setLimit(100));
      default -> command.setMutateVolume(mutation(millis));
    }
    return command.build();
  }

  private MutateVolume mutation(long millis) {
    long session = liveSession();
    @Nullable VolumeFiles files = model.filesOf(session);
    MutateVolume.Builder command =
        MutateVolume.newBuilder()
            .setSessionId(session)
            .setUploadBeganMillis(
                millis - (random.nextInt(12) == 0 ? VolumeModel.MAX_UPLOAD_MILLIS + 1 : 5));
    for (int i = random.nextInt(3); i >= 0; i--) {
      command.addOperations(operation(files));
    }
    if (random.nextInt(3) == 0) {
      long last = model.lastSequence(session);
      command.setSequence(Math.max(0, last - 1 + random.nextInt(4)));
    }
    return command.build();
  }

  private Operation operation(@Nullable VolumeFiles files) {
    Operation.Builder operation = Operation.newBuilder();
    switch (random.nextInt(20)) {
      case 0, 1, 2, 3 -> operation.setMakeNode(make(files));
      case 4 ->
          operation.setLink(
              Link.newBuilder().setInode(inode(files)).setParent(parent(files)).setName(name()));
      case 5, 6 ->
          operation.setUnlink(
              Unlink.newBuilder()
                  .setParent(parent(files))
                  .setName(name())
                  .setKeepOpen(random.nextBoolean()));
      case 7 ->
          operation.setRemoveDirectory(
              RemoveDirectory.newBuilder().setParent(parent(files)).setName(name()));
      case 8, 9, 10 ->
          operation.setRename(
              Rename.newBuilder()
                  .setOldParent(parent(files))
                  .setOldName(name())
                  .setNewParent(parent(files))
                  .setNewName(name())
                  .setFlags(random.nextInt(8) == 0 ? 3 : Math.max(0, random.nextInt(5) - 2))
                  .setKeepOpen(random.nextBoolean()));
      case 11, 12, 13 -> operation.setSetAttributes(attributes(files));
      case 14 -> operation.setRelease(Release.newBuilder().setInode(inode(files)));
      default -> operation.setWrite(write(files));
    }
    return operation.build();
  }

  private MakeNode make(@Nullable VolumeFiles files) {
    int mode = MODES[random.nextInt(MODES.length)];
    boolean isLink = (mode & 0170000) == 0120000;
    return MakeNode.newBuilder()
        .setParent(parent(files))
        .setName(name())
        .setMode(mode)
        .setUid(random.nextInt(3))
        .setGid(random.nextInt(3))
        .setSymlinkTarget(ByteString.copyFromUtf8(isLink ? "../a" : ""))
        .build();
  }

  private SetAttributes attributes(@Nullable VolumeFiles files) {
    SetAttributes.Builder change = SetAttributes.newBuilder().setInode(inode(files));
    if (random.nextInt(2) == 0) {
      change.setSizeBytes(
          switch (random.nextInt(8)) {
            case 0 -> -1;
            case 1, 2 -> 0;
            default -> random.nextInt(MAX_SIZE);
          });
    }
    if (random.nextInt(3) == 0) {
      change.setMode(random.nextInt(010100));
    }
    if (random.nextInt(3) == 0) {
      change.setUid(random.nextInt(3)).setGid(random.nextInt(3));
    }
    if (random.nextInt(3) == 0) {
      change.setAccessTimeNanos(random.nextInt(1_000)).setModifyTimeNanos(random.nextInt(1_000));
    }
    return change
        .setAccessTimeNow(random.nextInt(4) == 0)
        .setModifyTimeNow(random.nextInt(4) == 0)
        .build();
  }

  private Write write(@Nullable VolumeFiles files) {
    Write.Builder write = Write.newBuilder().setInode(inode(files));
    for (int i = random.nextInt(4); i > 0; i--) {
      write.addSlices(slice());
    }
    return write.setMinimumSizeBytes(random.nextInt(3) == 0 ? random.nextInt(MAX_SIZE) : 0).build();
  }

  private Slice slice() {
    int length = 1 + random.nextInt(40);
    Slice.Builder slice =
        Slice.newBuilder()
            .setLength(length)
            .setOffset(random.nextInt(60) == 0 ? 1L << 62 : random.nextInt(MAX_SIZE - 40));
    if (random.nextBoolean()) {
      byte[] bytes = new byte[length];
      random.nextBytes(bytes);
      return slice.setInline(ByteString.copyFrom(bytes)).build();
    }
    byte[] id = new byte[16];
    id[15] = (byte) random.nextInt(12);
    return slice
        .setExtent(
            ExtentRange.newBuilder()
                .setExtentId(ByteString.copyFrom(id))
                .setOffset(random.nextInt(20))
                .setSizeBytes(random.nextBoolean() ? 64 : 0))
        .build();
  }

  private long inode(@Nullable VolumeFiles files) {
    if (files == null || random.nextInt(30) == 0) {
      return random.nextInt(40);
    }
    List<Long> numbers = new ArrayList<>(files.nodes.keySet());
    return numbers.get(random.nextInt(numbers.size()));
  }

  /** A directory, mostly. */
  private long parent(@Nullable VolumeFiles files) {
    if (files == null || random.nextInt(20) == 0) {
      return inode(files);
    }
    List<Long> numbers = new ArrayList<>();
    files.nodes.forEach(
        (number, node) -> {
          if (node.isDirectory()) {
            numbers.add(number);
          }
        });
    return numbers.get(random.nextInt(numbers.size()));
  }

  private ByteString name() {
    return switch (random.nextInt(60)) {
      case 0 -> ByteString.EMPTY;
      case 1 -> ByteString.copyFromUtf8("..");
      case 2 -> ByteString.copyFromUtf8("a/b");
      case 3 -> ByteString.copyFromUtf8("n".repeat(256));
      case 4 -> ByteString.copyFromUtf8("n".repeat(255));
      default -> ByteString.copyFromUtf8(NAMES.get(random.nextInt(NAMES.size())));
    };
  }

  private String volume() {
    return VOLUMES.get(random.nextInt(VOLUMES.size()));
  }

  private long session() {
    return 1L + random.nextInt(3);
  }

  private long liveSession() {
    List<Long> live = new ArrayList<>(model.sessions.keySet());
    return live.isEmpty() || random.nextInt(20) == 0
        ? session()
        : live.get(random.nextInt(live.size()));
  }
}
