package dev.trivet.state.volumes;

import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.files.Attributes;
import dev.trivet.proto.files.Link;
import dev.trivet.proto.files.MakeNode;
import dev.trivet.proto.files.OperationResult;
import dev.trivet.proto.files.RemoveDirectory;
import dev.trivet.proto.files.Unlink;
import dev.trivet.proto.log.InodeRecord;

/**
 * Making and removing names, but for rename.
 *
 * <p>Invariants: a directory's links are 2 and its subdirectories; the links of all else are its
 * names. A directory has one name, and the row of its inode knows where.
 *
 * <p>Source: POSIX.1-2024, mkdir, mknod, symlink, link, unlink, rmdir; inode(7) for the group id
 * that is inherited.
 */
final class NameOperations {
  /** Names of one file, as on ext4. */
  static final int MAX_LINKS = 65_000;

  private static final int MAX_SYMLINK_BYTES = 4095;

  private NameOperations() {}

  static OperationResult make(VolumeWriter volume, MakeNode operation) {
    Names.require(operation.getName());
    int type = requireType(operation);
    InodeRecord.Builder parent = volume.directory(operation.getParent());
    if (volume.lookup(operation.getParent(), operation.getName()) != 0) {
      throw ErrorCode.ENTRY_EXISTS.exception();
    }
    boolean isDirectory = type == Modes.DIRECTORY;
    boolean isDevice = type == Modes.BLOCK_DEVICE || type == Modes.CHARACTER_DEVICE;
    boolean isGroupInherited = (parent.getAttributes().getMode() & Modes.SET_GROUP_ID) != 0;
    int permissions = operation.getMode() & Modes.PERMISSION_BITS;
    int inherited = isDirectory && isGroupInherited ? Modes.SET_GROUP_ID : 0;
    long number = volume.nextNumber();
    Attributes attributes =
        Attributes.newBuilder()
            .setInode(number)
            .setMode(type | permissions | inherited)
            .setLinks(isDirectory ? 2 : 1)
            .setUid(operation.getUid())
            .setGid(isGroupInherited ? parent.getAttributes().getGid() : operation.getGid())
            .setDevice(isDevice ? operation.getDevice() : 0)
            .setSizeBytes(operation.getSymlinkTarget().size())
            .setSymlinkTarget(operation.getSymlinkTarget())
            .setAccessTimeNanos(volume.nowNanos())
            .setModifyTimeNanos(volume.nowNanos())
            .setChangeTimeNanos(volume.nowNanos())
            .build();
    InodeRecord.Builder made =
        InodeRecord.newBuilder()
            .setAttributes(attributes)
            .setParent(isDirectory ? operation.getParent() : 0);
    volume.add(made);
    volume.setEntry(operation.getParent(), operation.getName(), number);
    if (isDirectory) {
      VolumeWriter.addLinks(parent, 1);
    }
    volume.touchEntries(parent);
    return VolumeWriter.result(made);
  }

  static OperationResult link(VolumeWriter volume, Link operation) {
    Names.require(operation.getName());
    InodeRecord.Builder parent = volume.directory(operation.getParent());
    InodeRecord.Builder inode = volume.inode(operation.getInode());
    Attributes attributes = inode.getAttributes();
    if (volume.lookup(operation.getParent(), operation.getName()) != 0) {
      throw ErrorCode.ENTRY_EXISTS.exception();
    }
    if (Modes.isDirectory(attributes)) {
      throw ErrorCode.NOT_PERMITTED.exception("a directory has one name: no link is made to it");
    }
    if (attributes.getLinks() == 0) {
      throw ErrorCode.NO_ENTRY.exception("the file's last name is gone");
    }
    if (attributes.getLinks() >= MAX_LINKS) {
      throw ErrorCode.TOO_MANY_LINKS.exception(
          "the file has " + attributes.getLinks() + " names, which is the most");
    }
    VolumeWriter.addLinks(inode, 1);
    volume.touchAttributes(inode);
    volume.setEntry(operation.getParent(), operation.getName(), operation.getInode());
    volume.touchEntries(parent);
    return VolumeWriter.result(inode);
  }

  static OperationResult unlink(VolumeWriter volume, Unlink operation) {
    Names.require(operation.getName());
    InodeRecord.Builder parent = volume.directory(operation.getParent());
    InodeRecord.Builder inode = volume.requireEntry(operation.getParent(), operation.getName());
    if (Modes.isDirectory(inode.getAttributes())) {
      throw ErrorCode.IS_A_DIRECTORY.exception();
    }
    volume.removeEntry(operation.getParent(), operation.getName());
    volume.touchEntries(parent);
    return dropLink(volume, inode, operation.getKeepOpen());
  }

  static OperationResult removeDirectory(VolumeWriter volume, RemoveDirectory operation) {
    Names.require(operation.getName());
    InodeRecord.Builder parent = volume.directory(operation.getParent());
    InodeRecord.Builder inode = volume.requireEntry(operation.getParent(), operation.getName());
    if (!Modes.isDirectory(inode.getAttributes())) {
      throw ErrorCode.NOT_A_DIRECTORY.exception();
    }
    OperationResult result = dropDirectory(volume, inode);
    volume.removeEntry(operation.getParent(), operation.getName());
    VolumeWriter.addLinks(parent, -1);
    volume.touchEntries(parent);
    return result;
  }

  /** One name of a file less; with the last one it goes, unless its mount holds it open. */
  static OperationResult dropLink(
      VolumeWriter volume, InodeRecord.Builder inode, boolean isKeptOpen) {
    VolumeWriter.addLinks(inode, -1);
    volume.touchAttributes(inode);
    OperationResult result = VolumeWriter.result(inode);
    if (inode.getAttributes().getLinks() == 0) {
      if (isKeptOpen) {
        volume.keepOpen(inode);
      } else {
        volume.remove(inode);
      }
    }
    return result;
  }

  /** An empty directory goes; its name and the link of the one that holds it are the caller's. */
  static OperationResult dropDirectory(VolumeWriter volume, InodeRecord.Builder directory) {
    if (!volume.isEmpty(directory.getAttributes().getInode())) {
      throw ErrorCode.DIRECTORY_NOT_EMPTY.exception();
    }
    directory.getAttributesBuilder().setLinks(0);
    volume.touchAttributes(directory);
    OperationResult result = VolumeWriter.result(directory);
    volume.remove(directory);
    return result;
  }

  private static int requireType(MakeNode operation) {
    int type = operation.getMode() & Modes.TYPE_BITS;
    switch (type) {
      case 0 -> {
        // mknod(2): no type at all means a regular file.
        type = Modes.REGULAR;
      }
      case Modes.REGULAR,
          Modes.DIRECTORY,
          Modes.SYMBOLIC_LINK,
          Modes.BLOCK_DEVICE,
          Modes.CHARACTER_DEVICE,
          Modes.FIFO,
          Modes.SOCKET -> {}
      default ->
          throw ErrorCode.INVALID_ARGUMENT.exception(
              "no type of file has the mode 0" + Integer.toOctalString(operation.getMode()));
    }
    int targetBytes = operation.getSymlinkTarget().size();
    if (targetBytes > MAX_SYMLINK_BYTES) {
      throw ErrorCode.NAME_TOO_LONG.exception(
          "the target of a symbolic link has at most "
              + MAX_SYMLINK_BYTES
              + " bytes, got "
              + targetBytes);
    }
    if ((type == Modes.SYMBOLIC_LINK) != (targetBytes > 0)) {
      throw ErrorCode.INVALID_ARGUMENT.exception(
          "a symbolic link and nothing else has a target; got mode 0"
              + Integer.toOctalString(operation.getMode())
              + " and a target of "
              + targetBytes
              + " bytes");
    }
    return type;
  }
}
