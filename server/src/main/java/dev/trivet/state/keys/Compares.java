package dev.trivet.state.keys;

import com.google.protobuf.ByteString;
import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.etcd.Compare;
import dev.trivet.store.Cursor;
import dev.trivet.store.Rows;
import dev.trivet.store.Table;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The guards of a transaction, judged on rows. */
final class Compares {
  private static final KeyRow ABSENT = KeyRow.put(0, 0, 0, 0, ByteString.EMPTY);

  private Compares() {}

  static boolean hold(Rows rows, List<Compare> compares) {
    return compares.stream().allMatch(compare -> holds(rows, compare));
  }

  private static boolean holds(Rows rows, Compare compare) {
    KeyRange range = KeyRange.of(compare.getKey(), compare.getRangeEnd());
    if (range.isSingle()) {
      byte[] row = rows.get(Table.CURRENT, range.from());
      return holds(compare, row == null ? null : KeyRow.of(row));
    }
    if (range.isEmpty()) {
      return holds(compare, null);
    }
    boolean isAny = false;
    try (Cursor cursor = rows.scan(Table.CURRENT, range.from(), range.to())) {
      while (cursor.next()) {
        isAny = true;
        if (!holds(compare, KeyRow.of(cursor.value()))) {
          return false;
        }
      }
    }
    return isAny || holds(compare, null);
  }

  /** A missing key never holds a compare of values, and has 0 for everything else. */
  private static boolean holds(Compare compare, @Nullable KeyRow found) {
    if (found == null && compare.getTarget() == Compare.CompareTarget.VALUE) {
      return false;
    }
    KeyRow row = found == null ? ABSENT : found;
    int order =
        switch (compare.getTarget()) {
          case VERSION -> Long.compare(row.version(), compare.getVersion());
          case CREATE -> Long.compare(row.create(), compare.getCreateRevision());
          case MOD -> Long.compare(row.mod(), compare.getModRevision());
          case LEASE -> Long.compare(row.lease(), compare.getLease());
          case VALUE ->
              Arrays.compareUnsigned(row.value().toByteArray(), compare.getValue().toByteArray());
          case UNRECOGNIZED ->
              throw ErrorCode.INVALID_ARGUMENT.exception("unknown target of a compare");
        };
    return switch (compare.getResult()) {
      case EQUAL -> order == 0;
      case NOT_EQUAL -> order != 0;
      case GREATER -> order > 0;
      case LESS -> order < 0;
      case UNRECOGNIZED ->
          throw ErrorCode.INVALID_ARGUMENT.exception("unknown result of a compare");
    };
  }
}
