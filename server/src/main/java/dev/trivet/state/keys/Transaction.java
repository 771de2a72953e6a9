package dev.trivet.state.keys;

import com.google.protobuf.ByteString;
import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.etcd.Compare;
import dev.trivet.proto.etcd.RequestOp;
import dev.trivet.proto.etcd.ResponseOp;
import dev.trivet.proto.etcd.TxnRequest;
import dev.trivet.proto.etcd.TxnResponse;
import dev.trivet.state.entry.EntryContext;
import dev.trivet.store.Cursor;
import dev.trivet.store.Rows;
import dev.trivet.store.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One transaction: all compares, nested ones too, are judged on the rows before it; then the
 * operations of the branches taken run in order, each seeing what the ones before it wrote.
 */
final class Transaction {
  private static final KeyRow ABSENT = KeyRow.put(0, 0, 0, 0, ByteString.EMPTY);

  /** Which branch each transaction takes, in the order in which they are met. */
  private final List<Boolean> path = new ArrayList<>();

  private final KeyWriter writer;
  private int at;

  private Transaction(KeyWriter writer) {
    this.writer = writer;
  }

  static TxnResponse apply(EntryContext context, TxnRequest request) {
    Transaction transaction = new Transaction(new KeyWriter(context));
    transaction.judge(request);
    TxnResponse response = transaction.run(request);
    transaction.writer.finish();
    return response.toBuilder()
        .setHeader(KeyCommands.header(transaction.writer.revision()))
        .build();
  }

  private void judge(TxnRequest request) {
    boolean holds = request.getCompareList().stream().allMatch(this::holds);
    path.add(holds);
    for (RequestOp operation : holds ? request.getSuccessList() : request.getFailureList()) {
      if (operation.hasRequestTxn()) {
        judge(operation.getRequestTxn());
      }
    }
  }

  private TxnResponse run(TxnRequest request) {
    boolean isSuccess = path.get(at++);
    TxnResponse.Builder response = TxnResponse.newBuilder().setSucceeded(isSuccess);
    for (RequestOp operation : isSuccess ? request.getSuccessList() : request.getFailureList()) {
      response.addResponses(run(operation));
    }
    return response.build();
  }

  private ResponseOp run(RequestOp operation) {
    ResponseOp.Builder response = ResponseOp.newBuilder();
    switch (operation.getRequestCase()) {
      case REQUEST_RANGE -> {
        if (operation.getRequestRange().getRevision() > writer.revisionBefore()) {
          throw ErrorCode.FUTURE_REVISION.exception();
        }
        response.setResponseRange(
            KeyQueries.range(writer.context().rows(), operation.getRequestRange()));
      }
      case REQUEST_PUT ->
          response.setResponsePut(KeyCommands.put(writer, operation.getRequestPut()));
      case REQUEST_DELETE_RANGE ->
          response.setResponseDeleteRange(
              KeyCommands.deleteRange(writer, operation.getRequestDeleteRange()));
      case REQUEST_TXN -> response.setResponseTxn(run(operation.getRequestTxn()));
      case REQUEST_NOT_SET -> throw ErrorCode.KEY_NOT_FOUND.exception();
    }
    return response.build();
  }

  private boolean holds(Compare compare) {
    Rows rows = writer.context().rows();
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
