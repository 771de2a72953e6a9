package dev.trivet.state.alarms;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.trivet.errors.ErrorCode;
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
import org.jspecify.annotations.Nullable;

/**
 * The members whose database is full, and those that somebody says are corrupt.
 *
 * <p>Invariant: each kind's counter is the number of members that are named.
 */
public final class SpaceAlarms {
  /** What an alarm says. */
  public enum Kind {
    SPACE(Counter.SPACE_ALARMS, "space-alarm/"),
    CORRUPT(Counter.CORRUPT_ALARMS, "corrupt-alarm/");

    private final Counter counter;

    /** Row keys: this, then the member's id. */
    private final String prefix;

    Kind(Counter counter, String prefix) {
      this.counter = counter;
      this.prefix = prefix;
    }

    private byte[] row(long member) {
      byte[] head = prefix.getBytes(US_ASCII);
      return ByteBuffer.allocate(head.length + 8).put(head).putLong(member).array();
    }
  }

  private static final byte[] PRESENT = {1};

  private SpaceAlarms() {}

  /** Raises or lowers one member's alarm; nothing happens when it is so already. */
  public static Outcome set(EntryContext context, SpaceAlarm command) {
    Kind kind = command.getIsCorrupt() ? Kind.CORRUPT : Kind.SPACE;
    byte[] row = kind.row(command.getMemberId());
    boolean isRaised = context.rows().get(Table.META, row) != null;
    if (command.getIsRaised() && !isRaised) {
      context.rows().put(Table.META, row, PRESENT);
      context.set(kind.counter, context.get(kind.counter) + 1);
    } else if (!command.getIsRaised() && isRaised) {
      context.rows().delete(Table.META, row);
      context.set(kind.counter, context.get(kind.counter) - 1);
    }
    return Outcome.newBuilder().setDone(Done.getDefaultInstance()).build();
  }

  /** The members that have raised an alarm for lack of space, by id. */
  public static List<Long> members(Rows rows) {
    return members(rows, Kind.SPACE);
  }

  /** The members that an alarm names, by id. */
  public static List<Long> members(Rows rows, Kind kind) {
    List<Long> members = new ArrayList<>();
    if (kind.counter.in(rows) == 0) {
      return members;
    }
    byte[] last = kind.row(-1);
    try (Cursor cursor = rows.scan(Table.META, kind.row(0), last)) {
      while (cursor.next()) {
        members.add(ByteBuffer.wrap(cursor.key()).getLong(last.length - 8));
      }
    }
    if (rows.get(Table.META, last) != null) {
      members.add(-1L);
    }
    return members;
  }

  /** Why a command is refused while alarms are raised; null when it is not. */
  public static @Nullable ErrorCode refusal(EntryContext context, Command command) {
    if (context.get(Counter.CORRUPT_ALARMS) > 0 && isOfKeys(command)) {
      return ErrorCode.CORRUPT;
    }
    return context.get(Counter.SPACE_ALARMS) > 0 && takesSpace(command) ? ErrorCode.NO_SPACE : null;
  }

  private static boolean isOfKeys(Command command) {
    return switch (command.getKindCase()) {
      case PUT, DELETE_RANGE, TXN, COMPACT, LEASE_GRANT, LEASE_REVOKE -> true;
      default -> false;
    };
  }

  /** Deletions never do. */
  private static boolean takesSpace(Command command) {
    return switch (command.getKindCase()) {
      case PUT, LEASE_GRANT -> true;
      case TXN -> hasPut(command.getTxn());
      default -> false;
    };
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
}
