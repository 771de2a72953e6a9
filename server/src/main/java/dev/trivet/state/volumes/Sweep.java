package dev.trivet.state.volumes;

import dev.trivet.proto.files.Slice;
import dev.trivet.proto.log.InodeRecord;
import dev.trivet.proto.log.VolumeRecord;
import dev.trivet.state.entry.EntryContext;
import dev.trivet.state.objects.ExtentReferences;
import dev.trivet.store.Cursor;
import dev.trivet.store.Table;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Removes in bounded steps what nobody can reach any more: the slices of a removed or emptied file,
 * the open files of a mount that is gone, all rows of a deleted volume. Each is a row of the table
 * of what to sweep: volume, kind and number. A volume's own row comes behind those of its files and
 * mounts, so that it is the last to be worked off.
 *
 * <p>Quotas do not wait for this: bytes were counted out when their file went.
 */
public final class Sweep {
  private static final byte CONTENT = 'c';
  private static final byte MOUNT = 'm';
  private static final byte VOLUME = 'v';

  /** A step ends behind the slice that brings it over this: inline bytes count. */
  private static final long MAX_STEP_BYTES = 8L << 20;

  private static final int MAX_STEP_ROWS = 4096;
  private static final byte[] FROM_THE_START = VolumeRows.number(0);

  private final EntryContext context;
  private int rowsLeft;
  private long bytesLeft = MAX_STEP_BYTES;

  private Sweep(EntryContext context, int rows) {
    this.context = context;
    this.rowsLeft = rows;
  }

  /** The slices under this number. */
  static void content(EntryContext context, long volume, long content) {
    mark(context, volume, CONTENT, content);
  }

  /** Files without a name that a session held open. */
  static void session(EntryContext context, long volume, long session) {
    mark(context, volume, MOUNT, session);
  }

  /** All rows of a volume, whose own is gone already. */
  static void volume(EntryContext context, long volume) {
    mark(context, volume, VOLUME, 0);
  }

  /**
   * Does a step.
   *
   * @param limit rows to remove or to look at, at most 4,096
   */
  public static void step(EntryContext context, int limit) {
    int rows = Math.clamp(Integer.toUnsignedLong(limit), 0, MAX_STEP_ROWS);
    new Sweep(context, rows).run();
  }

  private static void mark(EntryContext context, long volume, byte kind, long number) {
    byte[] row = ByteBuffer.allocate(17).putLong(volume).put(kind).putLong(number).array();
    context.rows().put(Table.SWEEP, row, FROM_THE_START);
  }

  private void run() {
    while (rowsLeft > 0 && bytesLeft > 0) {
      byte[] row;
      long reached;
      try (Cursor cursor = context.rows().scan(Table.SWEEP, new byte[0], null)) {
        if (!cursor.next()) {
          return;
        }
        row = cursor.key();
        reached = VolumeRows.number(cursor.value());
      }
      if (isDone(row, reached)) {
        context.rows().delete(Table.SWEEP, row);
        rowsLeft--;
      }
    }
  }

  private boolean isDone(byte[] row, long reached) {
    ByteBuffer fields = ByteBuffer.wrap(row);
    long volume = fields.getLong();
    byte kind = fields.get();
    long number = fields.getLong();
    return switch (kind) {
      case CONTENT ->
          removeSlices(VolumeRows.pair(volume, number), VolumeRows.pair(volume, number + 1));
      case MOUNT -> removeOpenFiles(row, volume, number, reached);
      case VOLUME -> {
        byte[] from = VolumeRows.number(volume);
        byte[] to = VolumeRows.number(volume + 1);
        yield removeSlices(from, to)
            && remove(Table.DENTRY, from, to)
            && remove(Table.ORPHAN, from, to)
            && remove(Table.INODE, from, to);
      }
      default -> throw new IllegalStateException("nothing is swept by the kind " + kind);
    };
  }

  /** True when none is left. */
  private boolean removeSlices(byte[] from, byte[] to) {
    try (Cursor cursor = context.rows().scan(Table.SLICE, from, to)) {
      while (rowsLeft > 0 && bytesLeft > 0) {
        if (!cursor.next()) {
          return true;
        }
        Slice slice = VolumeRows.parse(Table.SLICE, cursor.value(), Slice.parser());
        if (slice.hasExtent()) {
          ExtentReferences.release(context, SliceMap.extentOf(slice));
        }
        context.rows().delete(Table.SLICE, cursor.key());
        rowsLeft--;
        bytesLeft -= cursor.value().length;
      }
    }
    return false;
  }

  private boolean remove(Table table, byte[] from, byte[] to) {
    try (Cursor cursor = context.rows().scan(table, from, to)) {
      while (rowsLeft > 0) {
        if (!cursor.next()) {
          return true;
        }
        context.rows().delete(table, cursor.key());
        rowsLeft--;
      }
    }
    return false;
  }

  /**
   * Another mount may hold the volume by now, with open files of its own: they are passed over.
   * When the session itself was opened again, by a request that came late, all waits for its next
   * end.
   */
  private boolean removeOpenFiles(byte[] row, long volume, long session, long reached) {
    VolumeRecord record = VolumeQueries.volume(context.rows(), volume);
    if (record == null || record.getSessionId() == session) {
      return true;
    }
    VolumeWriter writer = new VolumeWriter(context, record);
    List<Long> found = new ArrayList<>();
    long next = reached;
    boolean isAtEnd = false;
    byte[] to = VolumeRows.number(volume + 1);
    try (Cursor cursor = context.rows().scan(Table.ORPHAN, VolumeRows.pair(volume, reached), to)) {
      while (rowsLeft > 0 && !isAtEnd) {
        isAtEnd = !cursor.next();
        if (!isAtEnd) {
          rowsLeft--;
          next = VolumeRows.second(cursor.key()) + 1;
          if (VolumeRows.number(cursor.value()) == session) {
            found.add(VolumeRows.second(cursor.key()));
          }
        }
      }
    }
    for (long inode : found) {
      context.rows().delete(Table.ORPHAN, VolumeRows.pair(volume, inode));
      InodeRecord.Builder orphan = writer.find(inode);
      if (orphan == null) {
        throw new IllegalStateException("volume " + volume + " has no open file " + inode);
      }
      writer.remove(orphan);
    }
    writer.finish();
    if (!isAtEnd) {
      context.rows().put(Table.SWEEP, row, VolumeRows.number(next));
    }
    return isAtEnd;
  }
}
