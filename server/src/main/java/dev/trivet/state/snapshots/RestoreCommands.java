package dev.trivet.state.snapshots;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.log.Done;
import dev.trivet.proto.log.Outcome;
import dev.trivet.proto.snapshot.SnapshotEnd;
import dev.trivet.proto.snapshot.SnapshotHead;
import dev.trivet.proto.snapshot.SnapshotPart;
import dev.trivet.proto.snapshot.SnapshotRow;
import dev.trivet.proto.snapshot.SnapshotRows;
import dev.trivet.state.auth.RestoredUsers;
import dev.trivet.state.entry.Change;
import dev.trivet.state.entry.Counter;
import dev.trivet.state.entry.EntryContext;
import dev.trivet.state.keys.RestoredKeys;
import dev.trivet.state.leases.RestoredLeases;

/**
 * Takes a snapshot's parts into a key space that nobody has written to, and its users and roles
 * into a cluster that has none. Who restores into a cluster with users of its own keeps these, if
 * the snapshot has no others.
 *
 * <p>Invariant: between head and end the revision is 0 and the snapshot's id is known, so that a
 * restore which was cut off can only be gone on with by the same snapshot. Every part may come
 * again, and rows in any order. Authentication is on as the snapshot has it from the end on.
 */
public final class RestoreCommands {
  /** The revision of a key space without a single write. */
  private static final long FRESH = 1;

  private RestoreCommands() {}

  public static Outcome restore(EntryContext context, SnapshotPart part) {
    context.savepoint();
    try {
      switch (part.getKindCase()) {
        case HEAD -> begin(context, part.getHead());
        case ROWS -> take(context, part.getRows());
        case END -> end(context, part.getEnd());
        case KIND_NOT_SET -> throw ErrorCode.INVALID_ARGUMENT.exception("an empty part");
      }
      return Outcome.newBuilder().setDone(Done.getDefaultInstance()).build();
    } catch (TrivetException refusal) {
      context.rollback();
      return EntryContext.refuse(refusal.code(), String.valueOf(refusal.getMessage()));
    }
  }

  private static void begin(EntryContext context, SnapshotHead head) {
    if (head.getId() == 0 || head.getRevision() < FRESH) {
      throw ErrorCode.INVALID_ARGUMENT.exception("the head names no snapshot");
    }
    long known = context.get(Counter.RESTORED_SNAPSHOT);
    boolean isUnderWay = context.get(Counter.REVISION) == 0;
    if (isUnderWay && known == head.getId()) {
      return;
    }
    if (isUnderWay) {
      throw ErrorCode.RESTORE_REFUSED.exception(
          "the restore of snapshot %016x is not done: end that one first".formatted(known));
    }
    if (context.get(Counter.REVISION) != FRESH || RestoredLeases.exist(context.rows())) {
      throw ErrorCode.RESTORE_REFUSED.exception(
          "this cluster has keys or leases (revision %d): a snapshot is restored only into a fresh one"
              .formatted(context.get(Counter.REVISION)));
    }
    boolean bringsUsers = head.getUsers() + head.getRoles() > 0;
    if (bringsUsers && RestoredUsers.others(context)) {
      throw ErrorCode.RESTORE_REFUSED.exception(
          "this cluster has users or roles, and so has the snapshot: it is restored only into a cluster without");
    }
    context.set(Counter.RESTORED_SNAPSHOT, head.getId());
    context.set(Counter.REVISION, 0);
  }

  private static void take(EntryContext context, SnapshotRows rows) {
    if (context.get(Counter.REVISION) != 0) {
      throw ErrorCode.RESTORE_REFUSED.exception("no restore is under way");
    }
    for (SnapshotRow row : rows.getRowsList()) {
      byte[] key = row.getKey().toByteArray();
      byte[] value = row.getValue().toByteArray();
      switch (rows.getTable()) {
        case "history" -> RestoredKeys.version(context, key, value);
        case "revisions" -> RestoredKeys.revision(context, key, value);
        case "lease" -> RestoredLeases.lease(context, key, value);
        case "auth-role" -> RestoredUsers.role(context, key, value);
        case "auth-user" -> RestoredUsers.user(context, key, value);
        default ->
            throw ErrorCode.INVALID_ARGUMENT.exception(
                "table '" + rows.getTable() + "' is not known: use a newer version");
      }
    }
  }

  private static void end(EntryContext context, SnapshotEnd end) {
    if (context.get(Counter.RESTORED_SNAPSHOT) != end.getId()) {
      throw ErrorCode.RESTORE_REFUSED.exception("another restore, or none, is under way");
    }
    if (context.get(Counter.REVISION) != 0) {
      return;
    }
    context.set(Counter.REVISION, end.getRevision());
    context.set(Counter.COMPACTED_REVISION, end.getCompactedRevision());
    RestoredUsers.end(context, end);
    context.tell(new Change.Restored(end.getRevision()));
  }
}
