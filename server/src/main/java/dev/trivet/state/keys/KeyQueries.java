package dev.trivet.state.keys;

import com.google.protobuf.ByteString;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.etcd.KeyValue;
import dev.trivet.proto.etcd.RangeRequest;
import dev.trivet.proto.etcd.RangeResponse;
import dev.trivet.proto.etcd.ResponseHeader;
import dev.trivet.state.entry.Counter;
import dev.trivet.store.Cursor;
import dev.trivet.store.Rows;
import dev.trivet.store.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiConsumer;

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
    long at = request.getRevision();
    if (at > now) {
      throw ErrorCode.FUTURE_REVISION.exception();
    }
    if (at > 0 && at < Counter.COMPACTED_REVISION.in(rows)) {
      throw ErrorCode.COMPACTED.exception();
    }
    Collector found = new Collector(request, maxBytes);
    KeyRange range = KeyRange.of(request.getKey(), request.getRangeEnd());
    if (!range.isEmpty()) {
      if (at > 0 && at < now) {
        walkHistory(rows, range, at, found);
      } else {
        walkCurrent(rows, range, found);
      }
    }
    return found.response(now);
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

  private static void walkCurrent(Rows rows, KeyRange range, Collector found) {
    if (range.isSingle()) {
      byte[] row = rows.get(Table.CURRENT, range.from());
      if (row != null) {
        found.accept(range.from(), KeyRow.of(row));
      }
      return;
    }
    try (Cursor cursor = rows.scan(Table.CURRENT, range.from(), range.to())) {
      while (cursor.next()) {
        found.accept(cursor.key(), KeyRow.of(cursor.value()));
      }
    }
  }

  /** For each key the newest version up to the revision, unless that is a tombstone. */
  private static void walkHistory(Rows rows, KeyRange range, long at, Collector found) {
    byte[] to = range.to();
    byte[] best = null;
    byte[] bestValue = null;
    try (Cursor cursor =
        rows.scan(
            Table.HISTORY,
            KeyTables.historyOf(range.from()),
            to == null ? null : KeyTables.historyOf(to))) {
      while (cursor.next()) {
        byte[] row = cursor.key();
        if (best != null && bestValue != null && !KeyTables.isSameKey(best, row)) {
          offer(best, bestValue, found);
          best = null;
        }
        if (KeyTables.revisionOf(row) <= at) {
          best = row;
          bestValue = cursor.value();
        }
      }
    }
    if (best != null && bestValue != null) {
      offer(best, bestValue, found);
    }
  }

  private static void offer(byte[] historyRow, byte[] value, Collector found) {
    KeyRow row = KeyRow.of(value);
    if (!row.isTombstone()) {
      found.accept(KeyTables.keyOf(historyRow), row);
    }
  }

  /**
   * Counts all keys, keeps those that pass the filters: only as many as the limit needs when they
   * come in the order asked for.
   */
  private static final class Collector implements BiConsumer<byte[], KeyRow> {
    private final RangeRequest request;
    private final boolean isInOrder;
    private final List<KeyValue> kept = new ArrayList<>();
    private long count;
    private long passed;
    private final long maxBytes;
    private long bytes;

    Collector(RangeRequest request, long maxBytes) {
      this.request = request;
      this.maxBytes = maxBytes;
      this.isInOrder =
          request.getSortTarget() == RangeRequest.SortTarget.KEY
              && request.getSortOrder() != RangeRequest.SortOrder.DESCEND;
    }

    @Override
    public void accept(byte[] key, KeyRow row) {
      count++;
      if (request.getCountOnly() || !passes(row)) {
        return;
      }
      passed++;
      if (!isInOrder || request.getLimit() <= 0 || kept.size() < request.getLimit()) {
        // Values are needed for sorting even when only keys are wanted.
        boolean isWithValue =
            !request.getKeysOnly() || request.getSortTarget() == RangeRequest.SortTarget.VALUE;
        KeyValue kv = row.toKeyValue(ByteString.copyFrom(key), isWithValue);
        bytes += kv.getSerializedSize();
        if (bytes > maxBytes) {
          throw answerAbove(maxBytes);
        }
        kept.add(kv);
      }
    }

    RangeResponse response(long revision) {
      List<KeyValue> sorted = kept;
      if (!isInOrder) {
        Comparator<KeyValue> order = byTarget();
        kept.sort(
            request.getSortOrder() == RangeRequest.SortOrder.DESCEND ? order.reversed() : order);
      }
      if (request.getLimit() > 0 && sorted.size() > request.getLimit()) {
        sorted = sorted.subList(0, Math.toIntExact(request.getLimit()));
      }
      RangeResponse.Builder response =
          RangeResponse.newBuilder()
              .setHeader(ResponseHeader.newBuilder().setRevision(revision))
              .setCount(count)
              .setMore(sorted.size() < passed);
      for (KeyValue kv : sorted) {
        response.addKvs(
            request.getKeysOnly() && !kv.getValue().isEmpty()
                ? kv.toBuilder().clearValue().build()
                : kv);
      }
      return response.build();
    }

    private boolean passes(KeyRow row) {
      return isWithin(row.mod(), request.getMinModRevision(), request.getMaxModRevision())
          && isWithin(row.create(), request.getMinCreateRevision(), request.getMaxCreateRevision());
    }

    private static boolean isWithin(long revision, long min, long max) {
      return (min == 0 || revision >= min) && (max == 0 || revision <= max);
    }

    private Comparator<KeyValue> byTarget() {
      return switch (request.getSortTarget()) {
        case KEY ->
            (a, b) -> Arrays.compareUnsigned(a.getKey().toByteArray(), b.getKey().toByteArray());
        case VERSION -> Comparator.comparingLong(KeyValue::getVersion);
        case CREATE -> Comparator.comparingLong(KeyValue::getCreateRevision);
        case MOD -> Comparator.comparingLong(KeyValue::getModRevision);
        case VALUE ->
            (a, b) ->
                Arrays.compareUnsigned(a.getValue().toByteArray(), b.getValue().toByteArray());
        case UNRECOGNIZED -> throw ErrorCode.INVALID_SORT_OPTION.exception();
      };
    }
  }
}
