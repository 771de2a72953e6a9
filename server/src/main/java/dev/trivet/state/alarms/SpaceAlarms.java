package dev.trivet.state.alarms;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.trivet.proto.etcd.RequestOp;
import dev.trivet.proto.etcd.TxnRequest;
import dev.trivet.proto.log.Command;
import dev.trivet.proto.log.Done;
import dev.trivet.proto.log.Outcome;
import dev.trivet.proto.log.SpaceAlarm;
import dev.trivet.state.entry.Counter;
import dev.trivet.state.entry.EntryContext;
import dev.trivet.store.Cursor;
import dev.trivet.store.Rows;
import dev.trivet.store.Table;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The members whose database is full.
 *
 * <p>Invariant: the counter is the number of members that are named.
 */
public final class SpaceAlarms {
  /** Row keys: this, then the member's id. */
  private static final byte[] PREFIX = "space-alarm/".getBytes(US_ASCII);

  private static final byte[] PRESENT = {1};

  private SpaceAlarms() {}

  /** Raises or lowers one member's alarm; nothing happens when it is so already. */
  public static Outcome set(EntryContext context, SpaceAlarm command) {
    byte[] row = row(command.getMemberId());
    boolean isRaised = context.rows().get(Table.META, row) != null;
    if (command.getIsRaised() && !isRaised) {
      context.rows().put(Table.META, row, PRESENT);
      context.set(Counter.SPACE_ALARMS, context.get(Counter.SPACE_ALARMS) + 1);
    } else if (!command.getIsRaised() && isRaised) {
      context.rows().delete(Table.META, row);
      context.set(Counter.SPACE_ALARMS, context.get(Counter.SPACE_ALARMS) - 1);
    }
    return Outcome.newBuilder().setDone(Done.getDefaultInstance()).build();
  }

  /** The members that have raised an alarm, by id. */
  public static List<Long> members(Rows rows) {
    List<Long> members = new ArrayList<>();
    if (Counter.SPACE_ALARMS.in(rows) == 0) {
      return members;
    }
    try (Cursor cursor = rows.scan(Table.META, PREFIX, row(-1))) {
      while (cursor.next()) {
        members.add(ByteBuffer.wrap(cursor.key()).getLong(PREFIX.length));
      }
    }
    if (rows.get(Table.META, row(-1)) != null) {
      members.add(-1L);
    }
    return members;
  }

  /** Whether a command is refused now because it would take space. Deletions never are. */
  public static boolean refuse(EntryContext context, Command command) {
    boolean takesSpace =
        switch (command.getKindCase()) {
          case PUT, LEASE_GRANT -> true;
          case TXN -> hasPut(command.getTxn());
          default -> false;
        };
    return takesSpace && context.get(Counter.SPACE_ALARMS) > 0;
  }

  private static boolean hasPut(TxnRequest request) {
    return hasPut(request.getSuccessList()) || hasPut(request.getFailureList());
  }

  private static boolean hasPut(List<RequestOp> operations) {
    return operations.stream()
        .anyMatch(
            operation ->
                operation.hasRequestPut()
                    || (operation.hasRequestTxn() && hasPut(operation.getRequestTxn())));
  }

  private static byte[] row(long member) {
    return ByteBuffer.allocate(PREFIX.length + 8).put(PREFIX).putLong(member).array();
  }
}
