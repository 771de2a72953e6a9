package dev.trivet.state.volumes;

import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.files.OperationResult;
import dev.trivet.proto.files.Rename;
import dev.trivet.proto.log.InodeRecord;

/**
 * rename and renameat2.
 *
 * <p>Invariant: directories stay a tree. What moves below another directory may not hold that
 * directory; the way from it up to the root is walked, so a move costs a look-up for each level.
 *
 * <p>Source: POSIX.1-2024, rename; renameat2(2) for the flags.
 */
final class RenameOperation {
  private static final int NO_REPLACE = 1;
  private static final int EXCHANGE = 2;

  private final VolumeWriter volume;
  private final Rename operation;
  private final InodeRecord.Builder from;
  private final InodeRecord.Builder to;

  private RenameOperation(VolumeWriter volume, Rename operation) {
    this.volume = volume;
    this.operation = operation;
    this.from = volume.directory(operation.getOldParent());
    this.to = volume.directory(operation.getNewParent());
  }

  static OperationResult rename(VolumeWriter volume, Rename operation) {
    if (operation.getFlags() < 0 || operation.getFlags() > EXCHANGE) {
      throw ErrorCode.INVALID_ARGUMENT.exception(
          "rename takes the flag "
              + NO_REPLACE
              + " or "
              + EXCHANGE
              + ", got "
              + Integer.toUnsignedString(operation.getFlags()));
    }
    Names.require(operation.getOldName());
    Names.require(operation.getNewName());
    return new RenameOperation(volume, operation).apply();
  }

  private OperationResult apply() {
    InodeRecord.Builder moved =
        volume.requireEntry(operation.getOldParent(), operation.getOldName());
    long target = volume.lookup(operation.getNewParent(), operation.getNewName());
    if (target != 0 && operation.getFlags() == NO_REPLACE) {
      throw ErrorCode.ENTRY_EXISTS.exception();
    }
    if (target == 0 && operation.getFlags() == EXCHANGE) {
      throw ErrorCode.NO_ENTRY.exception();
    }
    if (target == number(moved)) {
      // POSIX: two names of one file stay both.
      return VolumeWriter.result(moved);
    }
    refuseBelowItself(moved, operation.getNewParent());
    if (operation.getFlags() == EXCHANGE) {
      exchange(moved, volume.inode(target));
    } else {
      replace(moved, target);
    }
    volume.touchAttributes(moved);
    volume.touchEntries(from);
    volume.touchEntries(to);
    return VolumeWriter.result(moved);
  }

  private void replace(InodeRecord.Builder moved, long target) {
    if (target != 0) {
      InodeRecord.Builder replaced = volume.inode(target);
      if (isDirectory(moved) && !isDirectory(replaced)) {
        throw ErrorCode.NOT_A_DIRECTORY.exception();
      }
      if (!isDirectory(moved) && isDirectory(replaced)) {
        throw ErrorCode.IS_A_DIRECTORY.exception();
      }
      if (isDirectory(replaced)) {
        NameOperations.dropDirectory(volume, replaced);
        VolumeWriter.addLinks(to, -1);
      } else {
        NameOperations.dropLink(volume, replaced, operation.getKeepOpen());
      }
    }
    volume.removeEntry(operation.getOldParent(), operation.getOldName());
    volume.setEntry(operation.getNewParent(), operation.getNewName(), number(moved));
    settle(moved, from, to);
  }

  private void exchange(InodeRecord.Builder moved, InodeRecord.Builder other) {
    refuseBelowItself(other, operation.getOldParent());
    volume.setEntry(operation.getNewParent(), operation.getNewName(), number(moved));
    volume.setEntry(operation.getOldParent(), operation.getOldName(), number(other));
    settle(moved, from, to);
    settle(other, to, from);
    volume.touchAttributes(other);
  }

  /** A directory that moved knows its new place, and both places count it. */
  private static void settle(
      InodeRecord.Builder moved, InodeRecord.Builder before, InodeRecord.Builder after) {
    if (isDirectory(moved)) {
      VolumeWriter.addLinks(before, -1);
      VolumeWriter.addLinks(after, 1);
      moved.setParent(number(after));
    }
  }

  private void refuseBelowItself(InodeRecord.Builder moved, long newParent) {
    if (!isDirectory(moved) || operation.getOldParent() == operation.getNewParent()) {
      return;
    }
    long at = newParent;
    while (at != VolumeWriter.ROOT) {
      if (at == number(moved)) {
        throw ErrorCode.INVALID_ARGUMENT.exception("a directory cannot be moved below itself");
      }
      at = volume.inode(at).getParent();
    }
  }

  private static boolean isDirectory(InodeRecord.Builder inode) {
    return Modes.isDirectory(inode.getAttributes());
  }

  private static long number(InodeRecord.Builder inode) {
    return inode.getAttributes().getInode();
  }
}
