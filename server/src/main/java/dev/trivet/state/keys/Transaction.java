package dev.trivet.state.keys;

import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.etcd.RequestOp;
import dev.trivet.proto.etcd.ResponseHeader;
import dev.trivet.proto.etcd.ResponseOp;
import dev.trivet.proto.etcd.TxnRequest;
import dev.trivet.proto.etcd.TxnResponse;
import dev.trivet.state.entry.EntryContext;
import java.util.ArrayList;
import java.util.List;

/**
 * One transaction: all compares, nested ones too, are judged on the rows before it; then the
 * operations of the branches taken run in order, each seeing what the ones before it wrote.
 */
final class Transaction {
  /**
   * All answers together. Every node must refuse the same transaction, so this is part of the
   * format of the log; it is below what nodes may send each other in one message.
   */
  private static final int MAX_ANSWER_BYTES = 12 << 20;

  /** That of a nested transaction is there and has nothing in it, as in etcd. */
  static final ResponseHeader NO_HEADER = ResponseHeader.getDefaultInstance();

  /** Which branch each transaction takes, in the order in which they are met. */
  private final List<Boolean> path = new ArrayList<>();

  /** The operations that will run, those of nested transactions too, in their order. */
  private final List<RequestOp> taken = new ArrayList<>();

  private final KeyWriter writer;
  private int at;
  private long answerBytes;

  private Transaction(KeyWriter writer) {
    this.writer = writer;
  }

  static TxnResponse apply(EntryContext context, TxnRequest request) {
    Transaction transaction = new Transaction(new KeyWriter(context));
    transaction.judge(request);
    transaction.requireAllPossible();
    TxnResponse response = transaction.run(request);
    transaction.writer.finish();
    return response.toBuilder()
        .setHeader(KeyCommands.header(transaction.writer.revision()))
        .build();
  }

  private void judge(TxnRequest request) {
    boolean holds = Compares.hold(writer.context().rows(), request.getCompareList());
    path.add(holds);
    for (RequestOp operation : holds ? request.getSuccessList() : request.getFailureList()) {
      if (operation.hasRequestTxn()) {
        judge(operation.getRequestTxn());
      } else {
        taken.add(operation);
      }
    }
  }

  /** Puts are looked at before ranges, so that of two faults etcd's clients hear of the same. */
  private void requireAllPossible() {
    for (RequestOp operation : taken) {
      if (operation.hasRequestPut()) {
        writer.requirePossible(operation.getRequestPut());
      }
    }
    for (RequestOp operation : taken) {
      if (operation.hasRequestRange()) {
        KeyQueries.requireReadable(
            writer.context().rows(), operation.getRequestRange(), writer.revisionBefore());
      }
    }
  }

  private TxnResponse run(TxnRequest request) {
    boolean isSuccess = path.get(at++);
    TxnResponse.Builder response =
        TxnResponse.newBuilder().setHeader(NO_HEADER).setSucceeded(isSuccess);
    for (RequestOp operation : isSuccess ? request.getSuccessList() : request.getFailureList()) {
      response.addResponses(run(operation));
    }
    return response.build();
  }

  private ResponseOp run(RequestOp operation) {
    ResponseOp.Builder response = ResponseOp.newBuilder();
    switch (operation.getRequestCase()) {
      case REQUEST_RANGE -> {
        response.setResponseRange(
            KeyQueries.range(
                writer.context().rows(),
                operation.getRequestRange(),
                MAX_ANSWER_BYTES - answerBytes));
      }
      case REQUEST_PUT ->
          response.setResponsePut(KeyCommands.put(writer, operation.getRequestPut()));
      case REQUEST_DELETE_RANGE ->
          response.setResponseDeleteRange(
              KeyCommands.deleteRange(writer, operation.getRequestDeleteRange()));
      case REQUEST_TXN -> response.setResponseTxn(run(operation.getRequestTxn()));
      case REQUEST_NOT_SET -> throw ErrorCode.KEY_NOT_FOUND.exception();
    }
    ResponseOp answer = response.build();
    if (!operation.hasRequestTxn()) {
      count(answer);
    }
    return answer;
  }

  private void count(ResponseOp answer) {
    answerBytes += answer.getSerializedSize();
    if (answerBytes > MAX_ANSWER_BYTES) {
      throw KeyQueries.answerAbove(MAX_ANSWER_BYTES);
    }
  }
}
