package dev.trivet.state.keys;

import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.etcd.RangeRequest;
import dev.trivet.proto.etcd.RequestOp;
import dev.trivet.proto.etcd.ResponseHeader;
import dev.trivet.proto.etcd.ResponseOp;
import dev.trivet.proto.etcd.TxnRequest;
import dev.trivet.proto.etcd.TxnResponse;
import dev.trivet.state.entry.Counter;
import dev.trivet.store.Rows;
import java.util.List;
import java.util.function.Predicate;

/** A transaction that writes nothing, whichever way its compares go: it needs no log entry. */
public final class ReadTransaction {
  private final Rows rows;
  private final long maxBytes;
  private long bytes;

  private ReadTransaction(Rows rows, long maxBytes) {
    this.rows = rows;
    this.maxBytes = maxBytes;
  }

  public static boolean isReadOnly(TxnRequest request) {
    return allRanges(request, _ -> true);
  }

  /** Whether every range in it may be read from a node that lags; false when there is no range. */
  public static boolean isSerializable(TxnRequest request) {
    boolean hasOperations = request.getSuccessCount() > 0 || request.getFailureCount() > 0;
    return hasOperations && allRanges(request, RangeRequest::getSerializable);
  }

  /**
   * Evaluates a transaction for which {@link #isReadOnly} is true and which {@link KeyRequests} has
   * checked. The header has the revision of the rows.
   *
   * @throws dev.trivet.errors.TrivetException {@code COMPACTED}, {@code FUTURE_REVISION}, {@code
   *     RESPONSE_TOO_LARGE} or {@code RESTORING}
   */
  public static TxnResponse evaluate(Rows rows, TxnRequest request, long maxBytes) {
    long revision = Counter.readableRevision(rows);
    return new ReadTransaction(rows, maxBytes)
        .run(request).toBuilder()
            .setHeader(ResponseHeader.newBuilder().setRevision(revision))
            .build();
  }

  private TxnResponse run(TxnRequest request) {
    boolean holds = Compares.hold(rows, request.getCompareList());
    TxnResponse.Builder response =
        TxnResponse.newBuilder().setHeader(Transaction.NO_HEADER).setSucceeded(holds);
    for (RequestOp operation : holds ? request.getSuccessList() : request.getFailureList()) {
      response.addResponses(run(operation));
    }
    return response.build();
  }

  private ResponseOp run(RequestOp operation) {
    if (operation.hasRequestTxn()) {
      return ResponseOp.newBuilder().setResponseTxn(run(operation.getRequestTxn())).build();
    }
    ResponseOp answer =
        ResponseOp.newBuilder()
            .setResponseRange(KeyQueries.range(rows, operation.getRequestRange(), maxBytes - bytes))
            .build();
    bytes += answer.getSerializedSize();
    return answer;
  }

  private static boolean allRanges(TxnRequest request, Predicate<RangeRequest> wanted) {
    for (List<RequestOp> branch : List.of(request.getSuccessList(), request.getFailureList())) {
      for (RequestOp operation : branch) {
        boolean is =
            switch (operation.getRequestCase()) {
              case REQUEST_RANGE -> wanted.test(operation.getRequestRange());
              case REQUEST_TXN -> allRanges(operation.getRequestTxn(), wanted);
              case REQUEST_PUT, REQUEST_DELETE_RANGE -> false;
              case REQUEST_NOT_SET -> throw ErrorCode.KEY_NOT_FOUND.exception();
            };
        if (!is) {
          return false;
        }
      }
    }
    return true;
  }
}
