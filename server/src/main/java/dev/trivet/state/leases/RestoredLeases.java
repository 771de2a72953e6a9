package dev.trivet.state.leases;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.log.LeaseRecord;
import dev.trivet.state.entry.EntryContext;
import dev.trivet.store.Cursor;
import dev.trivet.store.Rows;
import dev.trivet.store.Table;
import java.util.Arrays;

/** Leases as a snapshot has them: what counts is their time to live, which begins anew. */
public final class RestoredLeases {
  private RestoredLeases() {}

  /** One lease; nothing happens when it is there already. */
  public static void lease(EntryContext context, byte[] rowKey, byte[] value) {
    LeaseRecord lease;
    try {
      lease = LeaseRecord.parseFrom(value);
    } catch (InvalidProtocolBufferException e) {
      throw ErrorCode.INVALID_ARGUMENT.exception("a row of 'lease' is malformed", e);
    }
    if (!Arrays.equals(rowKey, LeaseRows.rowKey(lease.getId())) || lease.getTtlSeconds() <= 0) {
      throw ErrorCode.INVALID_ARGUMENT.exception("a row of 'lease' is malformed");
    }
    if (LeaseRows.find(context.rows(), lease.getId()) == null) {
      LeaseCommands.write(context, lease.toBuilder().clearExpiresMillis().clearGrant().build());
    }
  }

  /** Whether there is any lease. */
  public static boolean exist(Rows rows) {
    try (Cursor cursor = rows.scan(Table.LEASE, new byte[0], null)) {
      return cursor.next();
    }
  }
}
