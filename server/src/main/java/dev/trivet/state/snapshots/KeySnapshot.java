package dev.trivet.state.snapshots;

import com.google.protobuf.UnsafeByteOperations;
import dev.trivet.proto.snapshot.SnapshotEnd;
import dev.trivet.proto.snapshot.SnapshotHead;
import dev.trivet.proto.snapshot.SnapshotPart;
import dev.trivet.proto.snapshot.SnapshotRow;
import dev.trivet.proto.snapshot.SnapshotRows;
import dev.trivet.state.entry.Counter;
import dev.trivet.store.Cursor;
import dev.trivet.store.Rows;
import dev.trivet.store.Table;
import java.util.List;
import java.util.function.Consumer;

/** The parts of a snapshot, read from one view. */
public final class KeySnapshot {
  /** The tables of a snapshot, in its order. */
  private static final List<Table> TABLES =
      List.of(Table.HISTORY, Table.REVISIONS, Table.LEASE, Table.AUTH_ROLE, Table.AUTH_USER);

  /** A part ends with the row that reaches this. */
  private static final int PART_BYTES = 128 << 10;

  private final Rows rows;
  private final Consumer<SnapshotPart> target;
  private long count;

  private KeySnapshot(Rows rows, Consumer<SnapshotPart> target) {
    this.rows = rows;
    this.target = target;
  }

  /**
   * Hands all parts over, the head first and the end last. At most one part is in memory.
   *
   * @param head without the revisions and counts, which come from the rows
   * @throws dev.trivet.errors.TrivetException RESTORING
   */
  public static void read(Rows rows, SnapshotHead head, Consumer<SnapshotPart> target) {
    long revision = Counter.readableRevision(rows);
    target.accept(
        SnapshotPart.newBuilder()
            .setHead(
                head.toBuilder()
                    .setRevision(revision)
                    .setCompactedRevision(Counter.COMPACTED_REVISION.in(rows))
                    .setUsers(Counter.AUTH_USERS.in(rows))
                    .setRoles(Counter.AUTH_ROLES.in(rows)))
            .build());
    KeySnapshot snapshot = new KeySnapshot(rows, target);
    TABLES.forEach(snapshot::table);
    target.accept(
        SnapshotPart.newBuilder()
            .setEnd(
                SnapshotEnd.newBuilder()
                    .setRows(snapshot.count)
                    .setKeys(countKeys(rows))
                    .setId(head.getId())
                    .setRevision(revision)
                    .setCompactedRevision(Counter.COMPACTED_REVISION.in(rows))
                    .setAuthRevision(Counter.AUTH_REVISION.in(rows))
                    .setIsAuthEnabled(Counter.AUTH_ENABLED.in(rows) != 0))
            .build());
  }

  private void table(Table table) {
    SnapshotRows.Builder part = SnapshotRows.newBuilder().setTable(table.familyName());
    int bytes = 0;
    try (Cursor cursor = rows.scan(table, new byte[0], null)) {
      while (cursor.next()) {
        byte[] key = cursor.key();
        byte[] value = cursor.value();
        part.addRows(
            SnapshotRow.newBuilder()
                .setKey(UnsafeByteOperations.unsafeWrap(key))
                .setValue(UnsafeByteOperations.unsafeWrap(value)));
        count++;
        bytes += key.length + value.length;
        if (bytes >= PART_BYTES) {
          target.accept(SnapshotPart.newBuilder().setRows(part).build());
          part.clearRows();
          bytes = 0;
        }
      }
    }
    if (part.getRowsCount() > 0) {
      target.accept(SnapshotPart.newBuilder().setRows(part).build());
    }
  }

  private static long countKeys(Rows rows) {
    long keys = 0;
    try (Cursor cursor = rows.scan(Table.CURRENT, new byte[0], null)) {
      while (cursor.next()) {
        keys++;
      }
    }
    return keys;
  }
}
