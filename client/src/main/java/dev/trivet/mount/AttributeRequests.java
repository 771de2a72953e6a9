package dev.trivet.mount;

import dev.trivet.mount.kernel.Answers;
import dev.trivet.mount.kernel.Request;
import dev.trivet.proto.api.GetVolumeRequest;
import dev.trivet.proto.api.VolumesGrpc;
import dev.trivet.proto.files.Attributes;
import dev.trivet.proto.files.Operation;
import dev.trivet.proto.files.SetAttributes;
import dev.trivet.proto.log.VolumeRecord;
import java.nio.ByteBuffer;

/** Requests about attributes and space. */
final class AttributeRequests {
  /** How long the kernel may believe names and attributes: nobody else changes the volume. */
  static final int CACHE_SECONDS = 1;

  private static final int FATTR_MODE = 1;
  private static final int FATTR_UID = 1 << 1;
  private static final int FATTR_GID = 1 << 2;
  private static final int FATTR_SIZE = 1 << 3;
  private static final int FATTR_ATIME = 1 << 4;
  private static final int FATTR_MTIME = 1 << 5;
  private static final int FATTR_ATIME_NOW = 1 << 7;
  private static final int FATTR_MTIME_NOW = 1 << 8;
  private static final long NANOS = 1_000_000_000L;
  private static final int BLOCK_BYTES = 4096;

  /** What a volume without a quota shows as its free space. */
  private static final long UNLIMITED_BYTES = 1L << 50;

  private final SessionCalls calls;
  private final OpenFiles files;
  private final String volume;

  AttributeRequests(SessionCalls calls, OpenFiles files, String volume) {
    this.calls = calls;
    this.files = files;
    this.volume = volume;
  }

  void get(Request request) {
    put(request, files.attributes(request.node()));
  }

  /** chmod, chown, truncate and utimens ({@code fuse_setattr_in}). */
  void set(Request request) {
    ByteBuffer body = request.body();
    int valid = body.getInt(0);
    SetAttributes.Builder change = SetAttributes.newBuilder().setInode(request.node());
    if ((valid & FATTR_MODE) != 0) {
      change.setMode(body.getInt(68) & FileTypes.PERMISSION_BITS);
    }
    if ((valid & FATTR_UID) != 0) {
      change.setUid(body.getInt(76));
    }
    if ((valid & FATTR_GID) != 0) {
      change.setGid(body.getInt(80));
    }
    if ((valid & FATTR_SIZE) != 0) {
      change.setSizeBytes(body.getLong(16));
    }
    if ((valid & FATTR_ATIME_NOW) != 0) {
      change.setAccessTimeNow(true);
    } else if ((valid & FATTR_ATIME) != 0) {
      change.setAccessTimeNanos(body.getLong(32) * NANOS + body.getInt(56));
    }
    if ((valid & FATTR_MTIME_NOW) != 0) {
      change.setModifyTimeNow(true);
    } else if ((valid & FATTR_MTIME) != 0) {
      change.setModifyTimeNanos(body.getLong(40) * NANOS + body.getInt(60));
    }
    OpenFile file = files.find(request.node());
    put(
        request,
        file != null
            ? file.set(change.build())
            : files.mutations().apply(Operation.newBuilder().setSetAttributes(change).build()));
  }

  private static void put(Request request, Attributes attributes) {
    Answers.attributes(request.reply(), FileTypes.stat(attributes), CACHE_SECONDS);
  }

  void space(Request request) {
    VolumeRecord record =
        calls
            .call(
                VolumesGrpc.getGetVolumeMethod(),
                GetVolumeRequest.newBuilder().setName(volume).build())
            .getVolume();
    long used = record.getUsedBytes() / BLOCK_BYTES;
    long all =
        record.getQuotaBytes() == 0
            ? used + UNLIMITED_BYTES / BLOCK_BYTES
            : record.getQuotaBytes() / BLOCK_BYTES;
    Answers.space(
        request.reply(), all, Math.max(0, all - used), record.getInodeCount(), BLOCK_BYTES);
  }
}
