package dev.trivet.state.leases;

import dev.trivet.state.entry.EntryContext;
import dev.trivet.store.Cursor;
import dev.trivet.store.Rows;
import dev.trivet.store.Table;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** What ends when: rows of time, kind and id, so that the next to end comes first. */
public final class DueTable {
  private static final byte[] PRESENT = {1};

  /** What can be due. The letter is in the row. */
  public enum Kind {
    LEASE('l'),
    SESSION('s'),
    TOKEN('t');

    private final char letter;

    Kind(char letter) {
      this.letter = letter;
    }

    private static Kind of(byte letter) {
      for (Kind kind : values()) {
        if (kind.letter == letter) {
          return kind;
        }
      }
      throw new IllegalStateException("kind " + letter + " in a row of what is due is not known");
    }
  }

  /** One thing whose time is over. */
  record Due(Kind kind, long id, long expiryMillis) {}

  private DueTable() {}

  /** Moves an id to a new time; an old one of 0 means that it had none. */
  public static void set(
      EntryContext context, Kind kind, long id, long oldExpiryMillis, long newExpiryMillis) {
    if (oldExpiryMillis != 0) {
      remove(context, kind, id, oldExpiryMillis);
    }
    context.rows().put(Table.DUE, row(newExpiryMillis, kind, id), PRESENT);
  }

  public static void remove(EntryContext context, Kind kind, long id, long expiryMillis) {
    context.rows().delete(Table.DUE, row(expiryMillis, kind, id));
  }

  /** What is due at a time, the oldest first. */
  static List<Due> dueBy(Rows rows, long millis, int limit) {
    List<Due> due = new ArrayList<>();
    try (Cursor cursor =
        rows.scan(Table.DUE, new byte[0], ByteBuffer.allocate(8).putLong(millis + 1).array())) {
      while (due.size() < limit && cursor.next()) {
        ByteBuffer row = ByteBuffer.wrap(cursor.key());
        long expiry = row.getLong();
        Kind kind = Kind.of(row.get());
        due.add(new Due(kind, row.getLong(), expiry));
      }
    }
    return due;
  }

  private static byte[] row(long expiryMillis, Kind kind, long id) {
    return ByteBuffer.allocate(17)
        .putLong(expiryMillis)
        .put((byte) kind.letter)
        .putLong(id)
        .array();
  }
}
