package dev.trivet.state.volumes;

import com.google.protobuf.ByteString;
import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.files.Attributes;
import dev.trivet.proto.files.DirectoryEntry;
import dev.trivet.proto.files.Slice;
import dev.trivet.proto.log.InodeRecord;
import dev.trivet.proto.log.SessionRecord;
import dev.trivet.proto.log.VolumeRecord;
import dev.trivet.store.Cursor;
import dev.trivet.store.Rows;
import dev.trivet.store.Table;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads of volumes, on a view or a batch. Refusals are {@link dev.trivet.errors.TrivetException}s.
 */
public final class VolumeQueries {
  /**
   * A part of a directory.
   *
   * @param more whether more names follow
   * @param parent the inode of the directory that holds this one; the root's is the root
   */
  public record Page(List<DirectoryEntry> entries, boolean more, long parent) {
    public Page {
      entries = List.copyOf(entries);
    }
  }

  private VolumeQueries() {}

  /** Null when there is no volume of this name. */
  public static @Nullable VolumeRecord volume(Rows rows, String name) {
    byte[] id = rows.get(Table.VOLUME_NAME, VolumeRows.name(name));
    return id == null ? null : volume(rows, VolumeRows.number(id));
  }

  /** Null when there is no volume with this id. */
  public static @Nullable VolumeRecord volume(Rows rows, long id) {
    return VolumeRows.find(rows, Table.VOLUME, VolumeRows.number(id), VolumeRecord.parser());
  }

  /** All volumes in the order of their names: at most {@link VolumeCommands#MAX_VOLUMES}. */
  public static List<VolumeRecord> volumes(Rows rows) {
    List<VolumeRecord> volumes = new ArrayList<>();
    try (Cursor cursor = rows.scan(Table.VOLUME_NAME, new byte[0], null)) {
      while (cursor.next()) {
        VolumeRecord volume = volume(rows, VolumeRows.number(cursor.value()));
        if (volume == null) {
          throw new IllegalStateException("the name of a volume leads to none");
        }
        volumes.add(volume);
      }
    }
    return volumes;
  }

  /** Null when there is no such session: it never was, or it is over. */
  public static @Nullable SessionRecord session(Rows rows, long id) {
    return VolumeRows.find(rows, Table.SESSION, VolumeRows.number(id), SessionRecord.parser());
  }

  /**
   * The fence of readers: {@code SESSION_EXPIRED} unless the session holds its volume. A session
   * whose time is over holds it until an entry ended it, since no other mount can come before.
   */
  public static SessionRecord requireSession(Rows rows, long id) {
    SessionRecord session = session(rows, id);
    if (session == null) {
      throw ErrorCode.SESSION_EXPIRED.exception(
          "session " + Long.toUnsignedString(id) + " is over: this mount is fenced");
    }
    return session;
  }

  /** {@code NO_ENTRY} when there is no such inode. */
  public static Attributes attributes(Rows rows, long volume, long inode) {
    return requireInode(rows, volume, inode).getAttributes();
  }

  /**
   * The inode that a name in a directory leads to: {@code NO_ENTRY}, {@code NOT_A_DIRECTORY},
   * {@code NAME_TOO_LONG}.
   */
  public static Attributes lookup(Rows rows, long volume, long directory, ByteString name) {
    Names.require(name);
    requireDirectory(rows, volume, directory);
    byte[] row = rows.get(Table.DENTRY, VolumeRows.entry(volume, directory, name));
    if (row == null) {
      throw ErrorCode.NO_ENTRY.exception();
    }
    return attributes(rows, volume, VolumeRows.number(row));
  }

  /**
   * Entries in the order of their names' bytes.
   *
   * @param afterName names up to and including this one are left out; empty to begin
   */
  public static Page readDirectory(
      Rows rows, long volume, long directory, ByteString afterName, int limit) {
    InodeRecord inode = requireDirectory(rows, volume, directory);
    ByteString first =
        afterName.isEmpty() ? afterName : afterName.concat(ByteString.copyFrom(new byte[1]));
    List<DirectoryEntry> entries = new ArrayList<>();
    try (Cursor cursor =
        rows.scan(
            Table.DENTRY,
            VolumeRows.entry(volume, directory, first),
            VolumeRows.pair(volume, directory + 1))) {
      while (cursor.next()) {
        if (entries.size() == limit) {
          return new Page(entries, true, inode.getParent());
        }
        entries.add(
            DirectoryEntry.newBuilder()
                .setName(VolumeRows.nameIn(cursor.key()))
                .setAttributes(attributes(rows, volume, VolumeRows.number(cursor.value())))
                .build());
      }
    }
    return new Page(entries, false, inode.getParent());
  }

  /**
   * Slices that meet a byte range of a file, in order, cut to the range; what lies between them is
   * holes. {@code IS_A_DIRECTORY} and {@code INVALID_ARGUMENT} for what has no bytes.
   *
   * @param length bytes; the range may reach behind the end of the file
   * @param limit at most so many: the last one's end says where to go on
   */
  public static List<Slice> slices(
      Rows rows, long volume, long inode, long offset, long length, int limit) {
    InodeRecord record = requireInode(rows, volume, inode);
    Modes.requireRegular(record.getAttributes());
    if (offset < 0 || length < 0) {
      throw ErrorCode.INVALID_ARGUMENT.exception(
          "a range begins at 0 or later and is not negative, got " + offset + " and " + length);
    }
    long end = length > Long.MAX_VALUE - offset ? Long.MAX_VALUE : offset + length;
    long content = record.getContent() == 0 ? inode : record.getContent();
    return SliceMap.find(rows, volume, content, offset, end, limit);
  }

  /** Whether something of a deleted volume, file or mount is left to remove. */
  public static boolean hasSweepBacklog(Rows rows) {
    try (Cursor cursor = rows.scan(Table.SWEEP, new byte[0], null)) {
      return cursor.next();
    }
  }

  static @Nullable InodeRecord inode(Rows rows, long volume, long inode) {
    return VolumeRows.find(rows, Table.INODE, VolumeRows.pair(volume, inode), InodeRecord.parser());
  }

  private static InodeRecord requireInode(Rows rows, long volume, long number) {
    InodeRecord found = inode(rows, volume, number);
    if (found == null) {
      throw ErrorCode.NO_ENTRY.exception("inode " + Long.toUnsignedString(number) + " is gone");
    }
    return found;
  }

  private static InodeRecord requireDirectory(Rows rows, long volume, long number) {
    InodeRecord found = requireInode(rows, volume, number);
    if (!Modes.isDirectory(found.getAttributes())) {
      throw ErrorCode.NOT_A_DIRECTORY.exception();
    }
    return found;
  }
}
