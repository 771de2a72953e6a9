package dev.trivet.state.volumes;

import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.files.Attributes;
import dev.trivet.proto.log.CreateVolume;
import dev.trivet.proto.log.DeleteVolume;
import dev.trivet.proto.log.Done;
import dev.trivet.proto.log.InodeRecord;
import dev.trivet.proto.log.Outcome;
import dev.trivet.proto.log.VolumeRecord;
import dev.trivet.state.entry.Counter;
import dev.trivet.state.entry.EntryContext;
import dev.trivet.store.Table;

/**
 * Volumes as a whole.
 *
 * <p>Invariants: names and rows of volumes lead to each other; a volume has an inode 1, its root
 * directory, from the start; its number is never given again, so that a deleted volume's leftovers
 * are nobody's.
 */
public final class VolumeCommands {
  /** Volumes in a cluster: what lists all of them, or extends all sessions, is bounded by this. */
  public static final int MAX_VOLUMES = 10_000;

  private static final int ROOT_MODE = Modes.DIRECTORY | 0755;
  static final Outcome DONE = Outcome.newBuilder().setDone(Done.getDefaultInstance()).build();

  private VolumeCommands() {}

  /** The outcome is the volume. */
  public static Outcome createVolume(EntryContext context, CreateVolume command) {
    String name = command.getName();
    if (!Names.isVolumeName(name)) {
      return EntryContext.refuse(
          ErrorCode.INVALID_ARGUMENT,
          "a volume's name has 1 to 255 letters, digits, '_', '.' and '-' and begins with a letter"
              + " or digit, got '"
              + name
              + "'");
    }
    VolumeRecord existing = VolumeQueries.volume(context.rows(), name);
    if (existing != null) {
      return command.getIfAbsent()
          ? Outcome.newBuilder().setVolume(existing).build()
          : EntryContext.refuse(ErrorCode.VOLUME_EXISTS, "volume " + name + " exists");
    }
    long count = context.get(Counter.VOLUME_COUNT);
    if (count >= MAX_VOLUMES) {
      return EntryContext.refuse(
          ErrorCode.NOT_PERMITTED, "there are " + count + " volumes, which is the most");
    }
    context.set(Counter.VOLUME_COUNT, count + 1);
    VolumeRecord volume =
        VolumeRecord.newBuilder()
            .setId(context.next(Counter.VOLUME_ID))
            .setName(name)
            .setQuotaBytes(command.getQuotaBytes())
            .setNextInode(VolumeWriter.ROOT + 1)
            .setInodeCount(1)
            .setCreatedMillis(context.timeMillis())
            .build();
    byte[] id = VolumeRows.number(volume.getId());
    context.rows().put(Table.VOLUME, id, volume.toByteArray());
    context.rows().put(Table.VOLUME_NAME, VolumeRows.name(name), id);
    context
        .rows()
        .put(
            Table.INODE,
            VolumeRows.pair(volume.getId(), VolumeWriter.ROOT),
            root(context).toByteArray());
    return Outcome.newBuilder().setVolume(volume).build();
  }

  /** The name is free at once; what the volume held is removed in steps, by {@link Sweep}. */
  public static Outcome deleteVolume(EntryContext context, DeleteVolume command) {
    VolumeRecord volume = VolumeQueries.volume(context.rows(), command.getName());
    if (volume == null) {
      return EntryContext.refuse(
          ErrorCode.VOLUME_NOT_FOUND, "no such volume: " + command.getName());
    }
    Outcome inUse = SessionCommands.refuseInUse(context, volume);
    if (inUse != null) {
      return inUse;
    }
    context.rows().delete(Table.VOLUME, VolumeRows.number(volume.getId()));
    context.rows().delete(Table.VOLUME_NAME, VolumeRows.name(volume.getName()));
    context.set(Counter.VOLUME_COUNT, context.get(Counter.VOLUME_COUNT) - 1);
    Sweep.volume(context, volume.getId());
    return DONE;
  }

  private static InodeRecord root(EntryContext context) {
    long nowNanos = context.timeMillis() * 1_000_000;
    Attributes attributes =
        Attributes.newBuilder()
            .setInode(VolumeWriter.ROOT)
            .setMode(ROOT_MODE)
            .setLinks(2)
            .setAccessTimeNanos(nowNanos)
            .setModifyTimeNanos(nowNanos)
            .setChangeTimeNanos(nowNanos)
            .build();
    return InodeRecord.newBuilder().setAttributes(attributes).setParent(VolumeWriter.ROOT).build();
  }
}
