package dev.trivet.state.requests;

import dev.trivet.state.entry.Counter;
import dev.trivet.state.entry.EntryContext;
import dev.trivet.store.Cursor;
import dev.trivet.store.Table;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Which clients are remembered. A client is forgotten when it has sent nothing for an hour of the
 * log's time, or when there are too many: then the one that was silent longest.
 *
 * <p>Nobody has to look for who is to be forgotten: each new client takes the place of up to {@link
 * #FORGOTTEN_AT_ONCE} old ones.
 *
 * <p>Invariant: each remembered client has a row, one row of when it is forgotten, and is counted
 * once.
 */
final class RequestClients {
  /** How long a silent client is remembered, at least; far longer than any client tries again. */
  static final long TTL_MILLIS = 60 * 60 * 1000;

  static final int MAX_CLIENTS = 100_000;

  private static final int FORGOTTEN_AT_ONCE = 2;

  /** So that a busy client's row is not written with every request. */
  private static final long RENEWED_AFTER_MILLIS = TTL_MILLIS / 12;

  private static final byte[] PRESENT = {1};

  private RequestClients() {}

  /** Remembers the client from now on; false if it should be known and is not. */
  static boolean meet(EntryContext context, byte[] client, boolean mustBeKnown) {
    byte[] row = RequestRows.client(client);
    byte[] known = context.rows().get(Table.REQUEST, row);
    long end = context.timeMillis() + TTL_MILLIS + RENEWED_AFTER_MILLIS;
    if (known == null) {
      if (mustBeKnown) {
        return false;
      }
      makeRoom(context);
      context.set(Counter.REQUEST_CLIENTS, context.get(Counter.REQUEST_CLIENTS) + 1);
    } else {
      long oldEnd = ByteBuffer.wrap(known).getLong();
      if (end - oldEnd < RENEWED_AFTER_MILLIS) {
        return true;
      }
      context.rows().delete(Table.REQUEST, RequestRows.due(oldEnd, client));
    }
    context.rows().put(Table.REQUEST, row, ByteBuffer.allocate(8).putLong(end).array());
    context.rows().put(Table.REQUEST, RequestRows.due(end, client), PRESENT);
    return true;
  }

  private static void makeRoom(EntryContext context) {
    List<byte[]> due = new ArrayList<>();
    long count = context.get(Counter.REQUEST_CLIENTS);
    try (Cursor cursor =
        context.rows().scan(Table.REQUEST, RequestRows.firstDue(), RequestRows.behindDue())) {
      while (due.size() < FORGOTTEN_AT_ONCE
          && cursor.next()
          && (RequestRows.millisOf(cursor.key()) <= context.timeMillis()
              || count - due.size() >= MAX_CLIENTS)) {
        due.add(cursor.key());
      }
    }
    due.forEach(row -> forget(context, row));
    context.set(Counter.REQUEST_CLIENTS, count - due.size());
  }

  private static void forget(EntryContext context, byte[] due) {
    byte[] client = RequestRows.clientOf(due);
    context.rows().delete(Table.REQUEST, due);
    context.rows().delete(Table.REQUEST, RequestRows.client(client));
    List<byte[]> lanes = new ArrayList<>();
    try (Cursor cursor =
        context
            .rows()
            .scan(
                Table.REQUEST,
                RequestRows.lane(client, 0),
                RequestRows.lane(client, RequestAnswers.MAX_LANES))) {
      while (cursor.next()) {
        lanes.add(cursor.key());
      }
    }
    lanes.forEach(lane -> context.rows().delete(Table.REQUEST, lane));
  }
}
