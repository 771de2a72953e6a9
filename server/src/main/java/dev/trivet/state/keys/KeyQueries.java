package dev.trivet.state.keys;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.etcd.RangeRequest;
import dev.trivet.proto.etcd.RangeResponse;
import dev.trivet.state.entry.Counter;
import dev.trivet.store.Cursor;
import dev.trivet.store.Rows;
import dev.trivet.store.Table;
import java.util.function.Consumer;

/** Reads of keys, of a view or of a batch in the making. */
public final class KeyQueries {
  private KeyQueries() {}

  /**
   * A range of keys, now or at an older revision. The header has the revision of these rows.
   *
   * @param maxBytes of keys, values and what belongs to them, all together
   * @throws dev.trivet.errors.TrivetException {@code COMPACTED}, {@code FUTURE_REVISION}, {@code
   *     RESPONSE_TOO_LARGE} or {@code RESTORING}
   */
  public static RangeResponse range(Rows rows, RangeRequest request, long maxBytes) {
    long now = Counter.readableRevision(rows);
    RangeAnswer answer = new RangeAnswer(request, maxBytes);
    walk(rows, request, now, answer);
    return answer.response(now);
  }

  /**
   * The same answer in parts of a size, each handed over before the next is read. The last has the
   * header, and whether there is more.
   *
   * @throws dev.trivet.errors.TrivetException {@code COMPACTED}, {@code FUTURE_REVISION}, {@code
   *     RESTORING}, or {@code UNIMPLEMENTED} for what cannot be told before all is read
   */
  public static void stream(
      Rows rows, RangeRequest request, int chunkBytes, Consumer<RangeResponse> target) {
    RangeChunks.requireStreamable(request);
    long now = Counter.readableRevision(rows);
    RangeChunks chunks = new RangeChunks(request, chunkBytes, target);
    walk(rows, request, now, chunks);
    chunks.end(now);
  }

  /** Throws FUTURE_REVISION or COMPACTED when the request's revision is not there. */
  static void requireReadable(Rows rows, RangeRequest request, long now) {
    if (request.getRevision() > now) {
      throw ErrorCode.FUTURE_REVISION.exception();
    }
    if (request.getRevision() > 0 && request.getRevision() < Counter.COMPACTED_REVISION.in(rows)) {
      throw ErrorCode.COMPACTED.exception();
    }
  }

  private static void walk(Rows rows, RangeRequest request, long now, KeyWalk.Visitor visitor) {
    requireReadable(rows, request, now);
    long at = request.getRevision();
    KeyRange range = KeyRange.of(request.getKey(), request.getRangeEnd());
    if (range.isEmpty()) {
      return;
    }
    boolean isBackward = RangeAnswer.isBackward(request);
    if (at > 0 && at < now) {
      KeyWalk.past(rows, range, at, isBackward, visitor);
    } else {
      KeyWalk.current(rows, range, isBackward, visitor);
    }
  }

  static TrivetException answerAbove(long maxBytes) {
    return ErrorCode.RESPONSE_TOO_LARGE.exception(
        "the answer would have more than "
            + Math.max(0, maxBytes)
            + " bytes: "
            + ErrorCode.RESPONSE_TOO_LARGE.nextStep());
  }

  /** Whether history that a compaction has given up is still to be removed. */
  public static boolean hasCompactionBacklog(Rows rows) {
    try (Cursor cursor =
        rows.scan(
            Table.REVISIONS,
            new byte[0],
            KeyTables.revisionsFrom(Counter.COMPACTED_REVISION.in(rows)))) {
      return cursor.next();
    }
  }
}
